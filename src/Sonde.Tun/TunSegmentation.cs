namespace Sonde.Tun;

/// <summary>What a packet's bytes do not say: whether it stands for many, of which size, and whether its checksum is finished. The default is one finished packet.</summary>
/// <remarks>It comes from the system or from a peer and may lie; <see cref="Segmenter"/> checks it against the bytes before it believes it.</remarks>
public readonly record struct TunSegmentation
{
    /// <summary>What it is to be cut into.</summary>
    public TunSegmentationKind Kind { get; init; }

    /// <summary>Whether the checksum field holds only the sum of the pseudo header, to be finished over the bytes from <see cref="ChecksumStart"/> on.</summary>
    public bool NeedsChecksum { get; init; }

    /// <summary>Whether the sender asked for explicit congestion notification: only the first segment keeps CWR.</summary>
    public bool HasEcn { get; init; }

    /// <summary>The payload bytes of each segment but the last.</summary>
    public ushort SegmentSize { get; init; }

    /// <summary>Where the TCP or UDP header starts.</summary>
    public ushort ChecksumStart { get; init; }

    /// <summary>Where in that header the checksum stands: 16 for TCP, 6 for UDP.</summary>
    public ushort ChecksumOffset { get; init; }

    /// <summary>Whether it stands for more than one packet.</summary>
    public bool IsSuperPacket => Kind != TunSegmentationKind.None;
}
