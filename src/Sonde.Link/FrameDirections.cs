namespace Sonde.Link;

/// <summary>Which frames a device hands out, by the way they go.</summary>
[Flags]
public enum FrameDirections
{
    /// <summary>None: the device only sends.</summary>
    None = 0,

    /// <summary>Frames that this host receives.</summary>
    Inbound = 1,

    /// <summary>Frames that this host sends, those sent through the same device among them where the system shows those.</summary>
    Outbound = 2,

    /// <summary>Both.</summary>
    Both = Inbound | Outbound,
}
