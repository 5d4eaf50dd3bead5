namespace Sonde.Packets.Headers;

/// <summary>The control bits of a TCP header.</summary>
[Flags]
public enum TcpFlags : ushort
{
    /// <summary>None: as scanners send.</summary>
    None = 0,

    /// <summary>The sender has no more data.</summary>
    Fin = 0x01,

    /// <summary>Opens a connection.</summary>
    Syn = 0x02,

    /// <summary>Breaks the connection off.</summary>
    Rst = 0x04,

    /// <summary>Hand the data to the reader now.</summary>
    Psh = 0x08,

    /// <summary>The acknowledgement number counts.</summary>
    Ack = 0x10,

    /// <summary>The urgent pointer counts.</summary>
    Urg = 0x20,

    /// <summary>Echo of congestion (RFC 3168).</summary>
    Ece = 0x40,

    /// <summary>The sender slowed down (RFC 3168).</summary>
    Cwr = 0x80,

    /// <summary>Accurate congestion feedback (RFC 9768).</summary>
    AccurateEcn = 0x100,
}
