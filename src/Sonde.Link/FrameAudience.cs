namespace Sonde.Link;

/// <summary>Whom a received frame is addressed to, as the system sorted it.</summary>
public enum FrameAudience
{
    /// <summary>The system does not say.</summary>
    Unknown = 0,

    /// <summary>This host.</summary>
    ThisHost,

    /// <summary>Every station.</summary>
    Broadcast,

    /// <summary>A group of stations.</summary>
    Multicast,

    /// <summary>Another host: seen because the interface is promiscuous.</summary>
    OtherHost,
}
