namespace Sonde.Packets.Headers;

/// <summary>Kinds of TCP options, to compare <see cref="HeaderOption.Kind"/> with.</summary>
public static class TcpOptionKind
{
    /// <summary>A filler of one byte.</summary>
    public const byte NoOperation = 1;

    /// <summary>Two bytes: see <see cref="TcpHeader.TryGetMaximumSegmentSize"/>.</summary>
    public const byte MaximumSegmentSize = 2;

    /// <summary>One byte: see <see cref="TcpHeader.TryGetWindowScale"/>.</summary>
    public const byte WindowScale = 3;

    /// <summary>No data: the sender understands <see cref="Sack"/>.</summary>
    public const byte SackPermitted = 4;

    /// <summary>Pairs of sequence numbers: see <see cref="TcpHeader.GetSackBlocks"/>.</summary>
    public const byte Sack = 5;

    /// <summary>Eight bytes: see <see cref="TcpHeader.TryGetTimestamps"/>.</summary>
    public const byte Timestamps = 8;

    /// <summary>A digest of the segment (RFC 2385).</summary>
    public const byte Md5 = 19;

    /// <summary>The TCP authentication option (RFC 5925).</summary>
    public const byte Authentication = 29;

    /// <summary>Multipath TCP (RFC 8684).</summary>
    public const byte Multipath = 30;

    /// <summary>A cookie for data in the first segment (RFC 7413).</summary>
    public const byte FastOpen = 34;
}
