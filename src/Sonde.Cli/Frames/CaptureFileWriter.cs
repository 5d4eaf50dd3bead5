using System.Globalization;
using Sonde.Cli.Errors;
using Sonde.Packets.Files;

namespace Sonde.Cli.Frames;

/// <summary>Writes frames into a capture file of either format, and counts what the format cannot keep.</summary>
/// <remarks>Interfaces are told before their frames. Disposing completes the file; nothing is allocated per frame.</remarks>
internal sealed class CaptureFileWriter : IDisposable
{
    // Beyond this a file that describes interfaces without end would take memory without end.
    private const int MaximumInterfaces = 65536;

    private readonly Stream _stream;
    private readonly string _path;
    private readonly bool _leaveOpen;
    private readonly Dictionary<CaptureInterface, int> _interfaces = [];
    private PcapNgWriter? _pcapNg;
    private PcapWriter? _pcap;
    private CaptureInterface? _only; // the one interface that classic pcap has room for
    private long _remarks;
    private long _blocks;
    private long _withoutTime;
    private bool _isFinerThanNanoseconds;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="path">What to call it in errors.</param>
    /// <param name="format">pcap or pcapng.</param>
    /// <param name="section">What a pcapng file tells of its origin.</param>
    /// <param name="leaveOpen">Whether disposing leaves the stream open.</param>
    internal CaptureFileWriter(Stream stream, string path, CaptureFormat format, CaptureSection section, bool leaveOpen = false)
    {
        _stream = stream;
        _path = path;
        _leaveOpen = leaveOpen;
        Format = format;
        if (format == CaptureFormat.PcapNg)
        {
            _pcapNg = new PcapNgWriter(stream, new PcapNgWriterOptions { Section = section, LeaveOpen = leaveOpen });
        }
    }

    internal CaptureFormat Format { get; }

    /// <summary>How long the file is, with what still waits in memory.</summary>
    internal long Length => Writer?.Length ?? 0;

    /// <summary>How many frames were written.</summary>
    internal long Packets => Writer?.Packets ?? 0;

    /// <summary>Whether the file refused something; it ends with the last whole record that it took.</summary>
    internal bool HasFailed => Writer is { HasFailed: true };

    private CaptureWriter? Writer => _pcapNg is not null ? _pcapNg : _pcap;

    /// <summary>Tells of an interface. What equals an interface told before gets that one's number.</summary>
    /// <returns>The number for <see cref="Write(int, ReadOnlySpan{byte}, int, long, PacketAnnotation)"/>.</returns>
    /// <exception cref="UserErrorException">The format has no room for it.</exception>
    internal int AddInterface(CaptureInterface description)
    {
        if (_interfaces.TryGetValue(description, out int known))
        {
            return known;
        }

        if (_interfaces.Count == MaximumInterfaces)
        {
            throw Cannot($"More than {MaximumInterfaces.ToString(CultureInfo.InvariantCulture)} interfaces are described.");
        }

        if (_pcapNg is not null && (uint)description.LinkType > ushort.MaxValue)
        {
            throw Cannot($"There is {FrameWords.Describe(description.LinkType)}, a number that pcapng has no room for.");
        }

        _isFinerThanNanoseconds |= description.Resolution is { IsBinary: false, Exponent: > 9 } or { IsBinary: true, Exponent: > 29 };
        int id = _pcapNg is not null ? _pcapNg.AddInterface(description) : AddOnly(description);
        _interfaces.Add(description, id);
        return id;
    }

    /// <summary>Writes a frame.</summary>
    internal void Write(int interfaceId, ReadOnlySpan<byte> data, int wireLength, long timestampNanoseconds, PacketAnnotation annotation = default)
    {
        if (_pcapNg is not null)
        {
            _pcapNg.Write(interfaceId, data, wireLength, timestampNanoseconds, annotation);
        }
        else
        {
            Begin();
            _remarks += annotation.Comment.IsEmpty ? 0 : 1;
            _pcap!.Write(data, wireLength, timestampNanoseconds); // Begin has made it
        }
    }

    /// <summary>Writes a packet of another file, with all that the format can keep of it.</summary>
    internal void Write(int interfaceId, in CapturedPacket packet)
    {
        _withoutTime += packet.HasTimestamp ? 0 : 1;
        if (_pcapNg is not null)
        {
            _pcapNg.Write(interfaceId, packet);
        }
        else
        {
            Begin();
            _remarks += packet.Options.IsEmpty ? 0 : 1;
            _pcap!.Write(packet); // Begin has made it
        }
    }

    /// <summary>Keeps a block of another file that is no packet: names, secrets, statistics, vendors' own.</summary>
    internal void WriteOther(PcapNgReader reader, scoped in PcapNgBlock block)
    {
        if (block.Type is PcapNgBlockType.SectionHeader or PcapNgBlockType.InterfaceDescription)
        {
            return;
        }

        if (_pcapNg is null)
        {
            _blocks++;
        }
        else if (reader.TryGetStatistics(block, out InterfaceStatistics statistics))
        {
            _pcapNg.WriteStatistics(statistics with { InterfaceId = AddInterface(reader.Interfaces[statistics.InterfaceId]) });
        }
        else
        {
            _pcapNg.TryCopy(block);
        }
    }

    /// <summary>Records what a capture counted; classic pcap has no room for it.</summary>
    internal void WriteStatistics(in InterfaceStatistics statistics)
    {
        if (_pcapNg is null)
        {
            _blocks++;
        }
        else
        {
            _pcapNg.WriteStatistics(statistics);
        }
    }

    /// <summary>Hands everything written so far to the file.</summary>
    internal void Flush() => Writer?.Flush();

    /// <summary>What of the frames did not survive in this file.</summary>
    internal IEnumerable<FrameGap> Gaps()
    {
        if (_remarks > 0)
        {
            yield return new FrameGap("remarks and flags of packets", $"pcap has no room for them in '{_path}'", _remarks);
        }

        if (_blocks > 0)
        {
            yield return new FrameGap("names, statistics, secrets and other blocks", $"pcap has no room for them in '{_path}'", _blocks);
        }

        if (_pcapNg is { BlocksNotCopied: > 0 } copied)
        {
            yield return new FrameGap("blocks", "their vendor forbids copying them, or they are of the other byte order and unknown", copied.BlocksNotCopied);
        }

        if (_pcapNg is { OptionsNotCopied: > 0 } options)
        {
            yield return new FrameGap("options of packets", "their vendor forbids copying them, or they are of the other byte order and unknown", options.OptionsNotCopied);
        }

        if (Writer is { PacketsCut: > 0 } cut)
        {
            yield return new FrameGap("the ends of packets", "they are longer than the snap length that their interface is said to have", cut.PacketsCut);
        }

        if (Writer is { TimestampsClamped: > 0 } clamped)
        {
            yield return new FrameGap("times", "they are before 1970 or beyond what the format holds, and were written as the nearest time", clamped.TimestampsClamped);
        }

        if (_withoutTime > 0)
        {
            yield return new FrameGap("times", "the packets have none, and were written as of 1970", _withoutTime);
        }

        if (_isFinerThanNanoseconds)
        {
            yield return new FrameGap("fractions of nanoseconds", "an interface counts in a finer unit than the file written does");
        }
    }

    /// <summary>Completes the file.</summary>
    public void Dispose()
    {
        Begin();
        Writer!.Dispose(); // Begin has made it
    }

    // Classic pcap begins with the link type: its header waits for the first interface.
    private void Begin()
    {
        if (_pcapNg is null && _pcap is null)
        {
            CaptureInterface from = _only ?? new CaptureInterface { LinkType = Sonde.Packets.LinkType.Ethernet };
            _pcap = new PcapWriter(_stream, new PcapWriterOptions
            {
                LinkType = from.LinkType,
                FcsLength = from.FcsLength,
                Nanoseconds = from.Resolution is { IsBinary: false, Exponent: > 6 } or { IsBinary: true, Exponent: > 19 },
                LeaveOpen = _leaveOpen,
            });
        }
    }

    private int AddOnly(CaptureInterface description)
    {
        if (_only is null)
        {
            _only = description;
            Begin();
        }
        else if (_only.LinkType != description.LinkType)
        {
            throw Cannot($"A pcap file holds one link type, and there are {FrameWords.Describe(_only.LinkType)} and {FrameWords.Describe(description.LinkType)}.");
        }

        return 0;
    }

    private UserErrorException Cannot(string why) => new(new UserError(
        ExitCode.Failure,
        $"cannot go on writing '{_path}' after {Packets.ToString(CultureInfo.InvariantCulture)} packets",
        why,
        $"To use the other format: --file-format {(_pcapNg is null ? "pcapng" : "pcap")}"));
}
