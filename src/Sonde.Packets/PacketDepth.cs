namespace Sonde.Packets;

/// <summary>How far a packet could be read.</summary>
public enum PacketDepth
{
    /// <summary>Not at all: the frame is too short, or its link type is not read here.</summary>
    None = 0,

    /// <summary>The link layer: it is known what the frame carries, and that is not IP, or is cut short.</summary>
    Link,

    /// <summary>The network layer: both addresses are known.</summary>
    Network,

    /// <summary>The transport layer: ports (or the ICMP type) are known, and where the payload begins.</summary>
    Transport,
}
