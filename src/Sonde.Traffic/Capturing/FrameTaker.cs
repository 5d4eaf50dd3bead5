using Sonde.Link;

namespace Sonde.Traffic.Capturing;

/// <summary>Takes a frame on loan; called by one thread for each device.</summary>
internal delegate void FrameTaker(in Frame frame);
