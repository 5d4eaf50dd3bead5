using Sonde.Link;

namespace Sonde.Traffic.Capturing;

/// <summary>Takes the frames that a device has ready.</summary>
/// <returns>Whether there are no more for now.</returns>
internal delegate bool FrameDrain(FrameDevice device);
