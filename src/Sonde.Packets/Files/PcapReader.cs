namespace Sonde.Packets.Files;

/// <summary>Reads classic pcap: microseconds or nanoseconds, either byte order, versions 2.0 to 2.4.</summary>
/// <remarks>Made by <see cref="CaptureReader.Open"/>. Variants that borrow the plain magic but change the record header
/// (Nokia, AIX, ss990915) cannot be told from it; they read as torn.</remarks>
public sealed class PcapReader : CaptureReader
{
    internal const int HeaderSize = 24;
    internal const int RecordHeaderSize = 16;

    private readonly CaptureInterface[] _interfaces;
    private readonly bool _isBigEndian;
    private readonly long _nanosecondsPerFraction;
    private readonly LengthOrder _lengthOrder;
    private long _packets;
    private long _tooLarge;

    private PcapReader(CaptureInput input, CaptureReaderOptions options)
        : base(input, options)
    {
        _interfaces = [];
        if (!input.TryFill(HeaderSize))
        {
            End(CaptureEndingKind.Torn, 0, CaptureFault.TruncatedHeader, $"the file ends at byte {input.Available.Length}, within its header");
            return;
        }

        ReadOnlySpan<byte> header = input.Available;
        _isBigEndian = CaptureMagic.IsPcap(FileBytes.ReadUInt32(header, isBigEndian: true));
        bool nanoseconds = FileBytes.ReadUInt32(header, _isBigEndian) == CaptureMagic.Nanoseconds;
        _nanosecondsPerFraction = nanoseconds ? 1 : 1000;
        ushort major = FileBytes.ReadUInt16(header[4..], _isBigEndian);
        ushort minor = FileBytes.ReadUInt16(header[6..], _isBigEndian);
        if (!IsSupported(major, minor))
        {
            End(CaptureEndingKind.Refused, 0, CaptureFault.UnsupportedVersion, $"version {major}.{minor} of pcap is not read here");
            return;
        }

        // Before 2.3 the wire length stood first, and writers of 2.3 were of two minds.
        _lengthOrder = major != 2 || minor < 3 ? LengthOrder.WireFirst : minor == 3 ? LengthOrder.SmallerIsCaptured : LengthOrder.CapturedFirst;
        uint linkType = FileBytes.ReadUInt32(header[20..], _isBigEndian);
        _interfaces =
        [
            new CaptureInterface
            {
                LinkType = LinkTypeField.TypeOf(linkType),
                FcsLength = LinkTypeField.FcsLengthOf(linkType),
                SnapLength = FileBytes.ReadUInt32(header[16..], _isBigEndian),
                Resolution = nanoseconds ? TimestampResolution.Nanoseconds : TimestampResolution.Microseconds,
            },
        ];
        input.Consume(HeaderSize);
    }

    private enum LengthOrder
    {
        CapturedFirst,
        WireFirst,
        SmallerIsCaptured,
    }

    /// <inheritdoc/>
    public override CaptureFormat Format => CaptureFormat.Pcap;

    /// <inheritdoc/>
    public override IReadOnlyList<CaptureInterface> Interfaces => _interfaces;

    /// <inheritdoc/>
    public override CaptureReadCounters Counters => new() { Packets = _packets, TooLarge = _tooLarge };

    /// <inheritdoc/>
    public override bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        while (Ending.Kind == CaptureEndingKind.None)
        {
            long offset = Input.Position;
            if (!Input.TryFill(RecordHeaderSize))
            {
                EndBetweenRecords(offset);
                return false;
            }

            ReadOnlySpan<byte> header = Input.Available;
            uint seconds = FileBytes.ReadUInt32(header, _isBigEndian);
            uint fraction = FileBytes.ReadUInt32(header[4..], _isBigEndian);
            uint captured = FileBytes.ReadUInt32(header[8..], _isBigEndian);
            uint wire = FileBytes.ReadUInt32(header[12..], _isBigEndian);
            if (_lengthOrder != LengthOrder.CapturedFirst && (_lengthOrder == LengthOrder.WireFirst || captured > wire))
            {
                (captured, wire) = (wire, captured);
            }

            if (captured > Options.MaximumPacketLength)
            {
                PassOver(offset, captured);
                continue;
            }

            if (!Input.TryFill(RecordHeaderSize + (int)captured))
            {
                EndTruncated(offset, $"a packet of {captured} captured bytes");
                return false;
            }

            ReadOnlySpan<byte> data = Input.Available.Slice(RecordHeaderSize, (int)captured);
            Input.Consume(RecordHeaderSize + (int)captured);
            _packets++;
            long timestamp = (seconds * 1_000_000_000L) + (fraction * _nanosecondsPerFraction);
            packet = new CapturedPacket(_interfaces[0], data, wire, timestamp, offset);
            return true;
        }

        return false;
    }

    internal static PcapReader Open(CaptureInput input, CaptureReaderOptions options) => new(input, options);

    // 543.0 is what DG/UX wrote.
    private static bool IsSupported(ushort major, ushort minor) => (major == 2 && minor <= 4) || (major == 543 && minor == 0);

    private void PassOver(long offset, uint captured)
    {
        _tooLarge++;
        if (!Input.TrySkip(RecordHeaderSize + (long)captured))
        {
            EndTruncated(offset, $"a packet of {captured} captured bytes");
        }
    }

    private void EndBetweenRecords(long offset)
    {
        if (Input.Available.IsEmpty)
        {
            End(CaptureEndingKind.Clean, offset, CaptureFault.None);
        }
        else
        {
            EndTruncated(offset, "the header of a packet");
        }
    }
}
