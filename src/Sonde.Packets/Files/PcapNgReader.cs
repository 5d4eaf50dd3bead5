namespace Sonde.Packets.Files;

/// <summary>Reads pcapng, packet by packet or block by block: several sections of either byte order, several interfaces, unknown blocks.</summary>
/// <remarks>Made by <see cref="CaptureReader.Open"/>.</remarks>
public sealed partial class PcapNgReader : CaptureReader
{
    private readonly List<CaptureInterface> _interfaces = [];
    private readonly List<TickConverter> _clocks = [];
    private bool _isBigEndian;
    private long _packets;
    private long _tooLarge;
    private long _malformed;
    private long _unknownInterface;
    private long _malformedOptions;

    internal PcapNgReader(CaptureInput input, CaptureReaderOptions options)
        : base(input, options)
    {
    }

    /// <inheritdoc/>
    public override CaptureFormat Format => CaptureFormat.PcapNg;

    /// <inheritdoc/>
    public override IReadOnlyList<CaptureInterface> Interfaces => _interfaces;

    /// <inheritdoc/>
    public override CaptureReadCounters Counters => new()
    {
        Packets = _packets,
        TooLarge = _tooLarge,
        Malformed = _malformed,
        UnknownInterface = _unknownInterface,
        MalformedOptions = _malformedOptions,
    };

    /// <summary>The header of the section that is being read; null before the first.</summary>
    public CaptureSection? Section { get; private set; }

    /// <summary>How many sections have begun.</summary>
    public int Sections { get; private set; }

    /// <inheritdoc/>
    public override bool TryRead(out CapturedPacket packet)
    {
        while (TryReadBlock(out PcapNgBlock block))
        {
            if (TryGetPacket(block, out packet))
            {
                return true;
            }
        }

        packet = default;
        return false;
    }

    /// <summary>Reads the next block of whatever kind, for those who copy or inspect files; sections and interfaces are kept track of.</summary>
    /// <param name="block">The block, on loan until the reader is used again.</param>
    /// <returns><see langword="false"/> when there is none, for good.</returns>
    public bool TryReadBlock(out PcapNgBlock block)
    {
        block = default;
        while (Ending.Kind == CaptureEndingKind.None)
        {
            long offset = Input.Position;
            if (!TryReadStart(offset, out PcapNgBlockType type, out uint length))
            {
                return false;
            }

            if (length > Options.MaximumBlockLength)
            {
                PassOver(offset, type, length);
                continue;
            }

            if (!Input.TryFill((int)length))
            {
                EndTruncated(offset, $"a block of {length} bytes");
                return false;
            }

            ReadOnlySpan<byte> bytes = Input.Available[..(int)length];
            if (!TrailerAgrees(offset, length, bytes[^4..]))
            {
                return false;
            }

            block = new PcapNgBlock(type, bytes[8..^4], _isBigEndian, offset);
            if (!TryKeepTrack(block))
            {
                block = default;
                return false;
            }

            Input.Consume((int)length);
            return true;
        }

        return false;
    }

    /// <summary>Looks at a block's type and length; the byte order changes here, when a section begins.</summary>
    private bool TryReadStart(long offset, out PcapNgBlockType type, out uint length)
    {
        type = default;
        length = 0;
        if (!Input.TryFill(8))
        {
            if (Input.Available.IsEmpty)
            {
                End(CaptureEndingKind.Clean, offset, CaptureFault.None);
            }
            else
            {
                EndTruncated(offset, "the start of a block");
            }

            return false;
        }

        type = (PcapNgBlockType)FileBytes.ReadUInt32(Input.Available, _isBigEndian);
        if (type == PcapNgBlockType.SectionHeader && !TryReadByteOrder(offset))
        {
            return false;
        }

        length = FileBytes.ReadUInt32(Input.Available[4..], _isBigEndian);
        int smallest = type == PcapNgBlockType.SectionHeader ? PcapNgBlock.SmallestSectionHeader : PcapNgBlock.Overhead;
        if (length < smallest || (length & 3) != 0)
        {
            EndWith(offset, CaptureFault.BadLength, $"{length} is no length of a block");
            return false;
        }

        return true;
    }

    private bool TryReadByteOrder(long offset)
    {
        if (!Input.TryFill(12))
        {
            EndTruncated(offset, "a section header");
            return false;
        }

        uint mark = FileBytes.ReadUInt32(Input.Available[8..], isBigEndian: true);
        _isBigEndian = mark == CaptureMagic.ByteOrder;
        if (!_isBigEndian && FileBytes.ReadUInt32(Input.Available[8..], isBigEndian: false) != CaptureMagic.ByteOrder)
        {
            EndWith(offset, CaptureFault.BadByteOrder, $"{mark:X8} is no byte-order mark of a section");
            return false;
        }

        return true;
    }

    private bool TrailerAgrees(long offset, uint length, ReadOnlySpan<byte> trailer)
    {
        uint repeated = FileBytes.ReadUInt32(trailer, _isBigEndian);
        if (repeated != length)
        {
            EndWith(offset, CaptureFault.LengthsDisagree, $"the lengths {length} and {repeated} of a block disagree");
            return false;
        }

        return true;
    }

    private void PassOver(long offset, PcapNgBlockType type, uint length)
    {
        _tooLarge++;
        if (type is PcapNgBlockType.SectionHeader or PcapNgBlockType.InterfaceDescription)
        {
            // Without it, the packets that follow would be taken for another interface's.
            EndWith(offset, CaptureFault.TooLarge, $"a block of {length} bytes describes what follows, and is larger than is accepted");
        }
        else if (!Input.TrySkip(length - 4L) || !Input.TryFill(4))
        {
            EndTruncated(offset, $"a block of {length} bytes");
        }
        else if (TrailerAgrees(offset, length, Input.Available))
        {
            Input.Consume(4);
        }
    }

    private void EndWith(long offset, CaptureFault fault, string detail) =>
        End(Sections == 0 ? CaptureEndingKind.Refused : CaptureEndingKind.Torn, offset, fault, detail);

    private PcapNgOptions CheckedOptions(ReadOnlySpan<byte> bytes)
    {
        var options = new PcapNgOptions(bytes, _isBigEndian);
        if (!options.IsEmpty && options.IsMalformed)
        {
            _malformedOptions++;
        }

        return options;
    }
}
