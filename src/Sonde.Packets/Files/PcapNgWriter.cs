namespace Sonde.Packets.Files;

/// <summary>Writes pcapng: interfaces, packets with nanoseconds and remarks, statistics, names, secrets, and blocks of any kind.</summary>
/// <remarks>Packets cost no allocation. Interfaces are added before their packets; statistics come best just before the end.</remarks>
public sealed partial class PcapNgWriter : CaptureWriter
{
    private const int EnhancedPacketOverhead = 32; // the block's lengths and type, and the fields before the data
    private const int EndOfOptions = 4;
    private const ushort FlagsOption = 2;
    private const ushort DropCountOption = 4;

    private readonly bool _isBigEndian;
    private readonly BlockComposer _composer;
    private readonly List<uint> _snapLengths = [];

    /// <summary>Begins a file with its section header; nothing reaches the stream before the first flush.</summary>
    public PcapNgWriter(Stream stream, PcapNgWriterOptions? options = null)
        : base(stream, options?.LeaveOpen ?? false)
    {
        CaptureSection section = (options ?? new PcapNgWriterOptions()).Section;
        _isBigEndian = section.IsBigEndian;
        _composer = new BlockComposer(_isBigEndian);
        WriteSectionHeader(section);
    }

    /// <summary>How many interfaces were added.</summary>
    public int Interfaces => _snapLengths.Count;

    /// <summary>How many blocks <see cref="TryCopy"/> would not copy.</summary>
    public long BlocksNotCopied { get; private set; }

    /// <summary>How many options of packets, and records or options of name blocks, were left out of copies: their vendor forbids it, or they
    /// come from the other byte order and nobody here knows where their numbers are.</summary>
    public long OptionsNotCopied { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No interface was added yet.</exception>
    public override void Write(ReadOnlySpan<byte> data, int wireLength, long timestampNanoseconds) =>
        Write(0, data, wireLength, timestampNanoseconds, default);

    /// <summary>Writes a packet of an interface, cut to the interface's snap length.</summary>
    /// <param name="interfaceId">The number that <see cref="AddInterface"/> gave.</param>
    /// <param name="data">The captured bytes.</param>
    /// <param name="wireLength">How many bytes the packet had on the wire.</param>
    /// <param name="timestampNanoseconds">When, in nanoseconds since 1970.</param>
    /// <param name="annotation">What else there is to say of the packet.</param>
    /// <exception cref="IOException">The stream refused.</exception>
    public void Write(int interfaceId, ReadOnlySpan<byte> data, int wireLength, long timestampNanoseconds, PacketAnnotation annotation = default)
    {
        ReadOnlySpan<byte> comment = BlockComposer.CutText(annotation.Comment);
        int options = (comment.IsEmpty ? 0 : 4 + FileBytes.Padded(comment.Length))
            + (annotation.Flags == 0 ? 0 : 8)
            + (annotation.DropCount is null ? 0 : 12);
        Span<byte> rest = BeginPacket(interfaceId, data, (uint)Math.Max(wireLength, 0), timestampNanoseconds, options == 0 ? 0 : options + EndOfOptions);
        if (!comment.IsEmpty)
        {
            rest = AddOption(rest, PcapNgOptions.Comment, comment);
        }

        if (annotation.Flags != 0)
        {
            StartOption(rest, FlagsOption, sizeof(uint));
            FileBytes.WriteUInt32(rest[4..], annotation.Flags, _isBigEndian);
            rest = rest[8..];
        }

        if (annotation.DropCount is ulong drops)
        {
            StartOption(rest, DropCountOption, sizeof(ulong));
            FileBytes.WriteUInt64(rest[4..], drops, _isBigEndian);
            rest = rest[12..];
        }

        rest.Clear(); // opt_endofopt, where there are options
    }

    /// <summary>Writes a packet that was read from another file, with its options (in the other byte order: those with known fields; the others
    /// are counted as <see cref="OptionsNotCopied"/>).</summary>
    /// <param name="interfaceId">The interface of this file that it belongs to.</param>
    /// <param name="packet">The packet.</param>
    /// <exception cref="IOException">The stream refused.</exception>
    public void Write(int interfaceId, in CapturedPacket packet)
    {
        int leftOut = 0;
        int options = packet.Options.IsEmpty ? 0 : OptionTranscoder.Measure(packet.Options, _isBigEndian, out leftOut);
        bool dropsFromBlock = packet.DropCount is not null && !packet.Options.TryGet(DropCountOption, out _);
        options += dropsFromBlock ? 12 : 0;
        Span<byte> rest = BeginPacket(
            interfaceId, packet.Data, (uint)packet.WireLength, packet.TimestampNanoseconds, options == 0 ? 0 : options + EndOfOptions);
        OptionsNotCopied += leftOut;
        if (dropsFromBlock)
        {
            StartOption(rest, DropCountOption, sizeof(ulong));
            FileBytes.WriteUInt64(rest[4..], packet.DropCount.GetValueOrDefault(), _isBigEndian);
            rest = rest[12..];
        }

        if (options > 0)
        {
            rest = OptionTranscoder.Write(packet.Options, rest, _isBigEndian);
        }

        rest.Clear();
    }

    /// <summary>Fills a packet block but for its options.</summary>
    /// <returns>The room of the options.</returns>
    private Span<byte> BeginPacket(int interfaceId, ReadOnlySpan<byte> data, uint wireLength, long timestampNanoseconds, int optionsLength)
    {
        if (_snapLengths.Count == 0)
        {
            throw new InvalidOperationException("Packets need an interface: call AddInterface first.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(interfaceId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(interfaceId, _snapLengths.Count);
        data = Cut(data, _snapLengths[interfaceId]);
        int padded = FileBytes.Padded(data.Length);
        int length = EnhancedPacketOverhead + padded + optionsLength;
        Span<byte> block = Output.Append(length, isPacket: true);
        FileBytes.WriteUInt32(block, (uint)PcapNgBlockType.EnhancedPacket, _isBigEndian);
        FileBytes.WriteUInt32(block[4..], (uint)length, _isBigEndian);
        FileBytes.WriteUInt32(block[8..], (uint)interfaceId, _isBigEndian);
        FileBytes.WriteTicks(block[12..], Clamp(timestampNanoseconds, long.MaxValue), _isBigEndian);
        FileBytes.WriteUInt32(block[20..], (uint)data.Length, _isBigEndian);
        FileBytes.WriteUInt32(block[24..], wireLength, _isBigEndian);
        data.CopyTo(block[28..]);
        block[(28 + data.Length)..(28 + padded)].Clear();
        FileBytes.WriteUInt32(block[^4..], (uint)length, _isBigEndian);
        Packets++;
        return block[(28 + padded)..^4];
    }

    private Span<byte> AddOption(Span<byte> rest, ushort code, ReadOnlySpan<byte> value)
    {
        StartOption(rest, code, value.Length);
        int padded = FileBytes.Padded(value.Length);
        value.CopyTo(rest[4..]);
        rest[(4 + value.Length)..(4 + padded)].Clear();
        return rest[(4 + padded)..];
    }

    private void StartOption(Span<byte> rest, ushort code, int length)
    {
        FileBytes.WriteUInt16(rest, code, _isBigEndian);
        FileBytes.WriteUInt16(rest[2..], (ushort)length, _isBigEndian);
    }
}
