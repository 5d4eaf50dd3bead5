namespace Sonde.Packets.Files;

/// <summary>Which way a packet went, as its capture file tells.</summary>
public enum PacketDirection
{
    /// <summary>The file does not say.</summary>
    Unknown = 0,

    /// <summary>Received by the capturing host.</summary>
    Inbound = 1,

    /// <summary>Sent by the capturing host.</summary>
    Outbound = 2,
}
