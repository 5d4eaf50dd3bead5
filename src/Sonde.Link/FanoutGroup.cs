namespace Sonde.Link;

/// <summary>A group of devices that share the frames of one interface (Linux).</summary>
/// <param name="Id">The group's number, the same for all its devices; 0 to 65535.</param>
/// <param name="Mode">How frames are shared out, the same for all its devices.</param>
/// <param name="Reassemble">Whether fragments are put together before they are shared out, so that all of a packet go to the same device.</param>
public sealed record FanoutGroup(int Id, FanoutMode Mode = FanoutMode.Hash, bool Reassemble = false);
