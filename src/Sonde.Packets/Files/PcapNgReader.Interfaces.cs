namespace Sonde.Packets.Files;

/// <content>Sections, interfaces and their statistics: what packets refer to.</content>
public sealed partial class PcapNgReader
{
    private const int InterfaceBodySize = 8;
    private const int StatisticsBodySize = 12;

    /// <summary>Reads an interface statistics block.</summary>
    /// <returns><see langword="false"/> for any other block, for one that is too short, and for one of an unknown interface.</returns>
    public bool TryGetStatistics(scoped in PcapNgBlock block, out InterfaceStatistics statistics)
    {
        statistics = default;
        if (block.Type != PcapNgBlockType.InterfaceStatistics || block.Body.Length < StatisticsBodySize)
        {
            return false;
        }

        uint id = FileBytes.ReadUInt32(block.Body, block.IsBigEndian);
        if (id >= _interfaces.Count)
        {
            return false;
        }

        TickConverter clock = _clocks[(int)id];
        PcapNgOptions options = new(block.Body[StatisticsBodySize..], block.IsBigEndian);
        statistics = new InterfaceStatistics
        {
            InterfaceId = (int)id,
            TimestampNanoseconds = TimeOf(clock, block.Body[4..], block.IsBigEndian),
            StartNanoseconds = options.TryGet(StatisticsOption.Start, out ReadOnlySpan<byte> start) ? TimeOf(clock, start, block.IsBigEndian) : null,
            EndNanoseconds = options.TryGet(StatisticsOption.End, out ReadOnlySpan<byte> end) ? TimeOf(clock, end, block.IsBigEndian) : null,
            Received = options.GetUInt64(StatisticsOption.Received),
            DroppedByInterface = options.GetUInt64(StatisticsOption.DroppedByInterface),
            AcceptedByFilter = options.GetUInt64(StatisticsOption.AcceptedByFilter),
            DroppedBySystem = options.GetUInt64(StatisticsOption.DroppedBySystem),
            Delivered = options.GetUInt64(StatisticsOption.Delivered),
        };
        return true;
    }

    private static long? TimeOf(TickConverter clock, ReadOnlySpan<byte> ticks, bool isBigEndian) =>
        ticks.Length >= 8 && clock.TryConvert(FileBytes.ReadTicks(ticks, isBigEndian), out long nanoseconds) ? nanoseconds : null;

    private static string? TextOf(PcapNgOptions options, ushort code) =>
        options.TryGet(code, out ReadOnlySpan<byte> text) ? new PcapNgOption(code, text).Text : null;

    // if_filter begins with a byte that tells its kind: 0 is text, 1 is BPF code.
    private static string? FilterOf(PcapNgOptions options) =>
        options.TryGet(InterfaceOption.Filter, out ReadOnlySpan<byte> filter) && filter.Length > 1 && filter[0] == 0
            ? new PcapNgOption(InterfaceOption.Filter, filter[1..]).Text
            : null;

    private static byte? ByteOf(PcapNgOptions options, ushort code) =>
        options.TryGet(code, out ReadOnlySpan<byte> value) && value.Length == 1 ? value[0] : null;

    private bool TryKeepTrack(scoped in PcapNgBlock block) => block.Type switch
    {
        PcapNgBlockType.SectionHeader => TryBeginSection(block),
        PcapNgBlockType.InterfaceDescription => TryAddInterface(block),
        _ => true,
    };

    private bool TryBeginSection(scoped in PcapNgBlock block)
    {
        ushort major = FileBytes.ReadUInt16(block.Body[4..], block.IsBigEndian);
        ushort minor = FileBytes.ReadUInt16(block.Body[6..], block.IsBigEndian);
        if (major != 1)
        {
            EndWith(block.Offset, CaptureFault.UnsupportedVersion, $"version {major}.{minor} of pcapng is not read here");
            return false;
        }

        _interfaces.Clear();
        _clocks.Clear();
        Sections++;
        PcapNgOptions options = CheckedOptions(block.Body[16..]);
        Section = new CaptureSection
        {
            IsBigEndian = block.IsBigEndian,
            Hardware = TextOf(options, SectionOption.Hardware),
            OperatingSystem = TextOf(options, SectionOption.OperatingSystem),
            Application = TextOf(options, SectionOption.Application),
            Comment = TextOf(options, PcapNgOptions.Comment),
        };
        return true;
    }

    private bool TryAddInterface(scoped in PcapNgBlock block)
    {
        if (block.Body.Length < InterfaceBodySize)
        {
            // Left out, it would shift the numbers of all interfaces after it.
            EndWith(block.Offset, CaptureFault.BadLength, "an interface description has no room for a link type");
            return false;
        }

        if (_interfaces.Count >= Options.MaximumInterfaces)
        {
            return true; // its packets are counted as of an unknown interface
        }

        PcapNgOptions options = CheckedOptions(block.Body[InterfaceBodySize..]);
        var resolution = new TimestampResolution(ByteOf(options, InterfaceOption.TimestampResolution) ?? TimestampResolution.Microseconds.Code);
        long offset = (long)(options.GetUInt64(InterfaceOption.TimestampOffset) ?? 0);
        _clocks.Add(new TickConverter(resolution, offset));
        _interfaces.Add(new CaptureInterface
        {
            Id = _interfaces.Count,
            LinkType = LinkTypeField.Named(FileBytes.ReadUInt16(block.Body, block.IsBigEndian)),
            SnapLength = FileBytes.ReadUInt32(block.Body[4..], block.IsBigEndian),
            Name = TextOf(options, InterfaceOption.Name),
            Description = TextOf(options, InterfaceOption.Description),
            Filter = FilterOf(options),
            OperatingSystem = TextOf(options, InterfaceOption.OperatingSystem),
            Hardware = TextOf(options, InterfaceOption.Hardware),
            Comment = TextOf(options, PcapNgOptions.Comment),
            SpeedBitsPerSecond = options.GetUInt64(InterfaceOption.Speed),
            FcsLength = ByteOf(options, InterfaceOption.FcsLength),
            Resolution = resolution,
            TimestampOffsetSeconds = offset,
        });
        return true;
    }
}
