namespace Sonde.Packets.Files;

/// <summary>A packet of a capture file, on loan: its spans point into the reader's buffer until the reader is asked for more.</summary>
public readonly ref struct CapturedPacket
{
    private const ushort FlagsOption = 2;
    private const ushort DropCountOption = 4;
    private const int NoDropCount = -1;

    private readonly int _blockDropCount; // only the obsolete packet block has the count outside of its options

    internal CapturedPacket(CaptureInterface from, ReadOnlySpan<byte> data, uint wireLength, long? timestamp, long offset)
        : this(from, data, wireLength, timestamp, offset, default, NoDropCount)
    {
    }

    internal CapturedPacket(
        CaptureInterface from, ReadOnlySpan<byte> data, uint wireLength, long? timestamp, long offset, PcapNgOptions options, int blockDropCount)
    {
        Interface = from;
        Data = data;
        WireLength = wireLength;
        HasTimestamp = timestamp.HasValue;
        TimestampNanoseconds = timestamp.GetValueOrDefault();
        Offset = offset;
        Options = options;
        _blockDropCount = blockDropCount;
    }

    /// <summary>The captured bytes.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>How many bytes the packet had on the wire, as the file claims: usually, but not surely, at least those captured.</summary>
    public long WireLength { get; }

    /// <summary>Whether the file tells when the packet was captured, in a time that nanoseconds in 64 bits can hold.</summary>
    public bool HasTimestamp { get; }

    /// <summary>When the packet was captured, in nanoseconds since 1970-01-01 UTC; 0 without <see cref="HasTimestamp"/>.</summary>
    public long TimestampNanoseconds { get; }

    /// <summary>Where the packet was captured.</summary>
    public CaptureInterface Interface { get; }

    /// <summary>What the packet begins with.</summary>
    public LinkType LinkType => Interface.LinkType;

    /// <summary>Where the packet's record begins in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>The options that the file attaches to this packet; always empty for classic pcap.</summary>
    public PcapNgOptions Options { get; }

    /// <summary>The first remark on this packet, in UTF-8; empty when there is none.</summary>
    public ReadOnlySpan<byte> Comment => Options.TryGet(PcapNgOptions.Comment, out ReadOnlySpan<byte> text) ? text : default;

    /// <summary>pcapng's flag word (direction, kind of reception, length of the frame check sequence, link-layer errors), if there is one.</summary>
    public uint? Flags => Options.TryGetUInt32(FlagsOption, out uint flags) ? flags : null;

    /// <summary>Which way the packet went, if the file tells.</summary>
    public PacketDirection Direction => ((Flags ?? 0) & 3) switch
    {
        1 => PacketDirection.Inbound,
        2 => PacketDirection.Outbound,
        _ => PacketDirection.Unknown,
    };

    /// <summary>How many bytes of frame check sequence end the packet, as it or its interface tells.</summary>
    public int? FcsLength
    {
        get
        {
            uint told = ((Flags ?? 0) >> 5) & 0xF;
            return told > 0 ? (int)told : Interface.FcsLength;
        }
    }

    /// <summary>How many packets were lost between the one before and this one, if the file tells.</summary>
    public ulong? DropCount => _blockDropCount != NoDropCount ? (ulong)_blockDropCount : Options.GetUInt64(DropCountOption);
}
