using System.Globalization;
using Sonde.Cli.Frames;
using Sonde.Cli.Output;
using Sonde.Packets.Files;

namespace Sonde.Cli.Commands;

/// <summary>One run of `sonde read`: from the file's first packet to what must be said at its end.</summary>
internal sealed class ReadRun : IDisposable
{
    private readonly CommandContext _context;
    private readonly ReadOptions _options;
    private readonly GracefulStop _stop = new();
    private readonly CaptureReader _reader;
    private readonly List<int> _written = []; // of each interface of the section that is read, its number in the file written
    private CaptureFileWriter? _writer;
    private FramePrinter? _printer;
    private FrameTally? _statistics;
    private int _section;
    private long _read;
    private long _passed;
    private long _shown;

    internal ReadRun(CommandContext context, ReadOptions options)
    {
        _context = context;
        _options = options;
        options.Filter.Check();
        _reader = CaptureReader.Open(CaptureFileSource.OpenRead(context, options.Path, _stop.Token));
    }

    private bool Prints => _options is { Stats: false, Write: null } or { Print: true };

    /// <summary>Reads to the end, or as far as was asked for.</summary>
    /// <returns>The exit code: 0 when everything that is in the file was read.</returns>
    internal int Run()
    {
        // The reader knows at once what a file is that has another kind of beginning; what is wrong inside a section header, at the first packet.
        RefuseWhatIsNoCapture();
        Begin();
        try
        {
            while (!_stop.Token.IsCancellationRequested && _shown != _options.Count && TryNext(out CapturedPacket packet))
            {
                _read++;
                Take(packet);
            }

            RefuseWhatIsNoCapture();
            IReadOnlyList<FrameGap> lost = Close();
            return Report(lost);
        }
        catch (IOException failure) when (_writer is { HasFailed: true } && _options.Write is { } path && path != CaptureFileName.Standard)
        {
            throw CaptureFileName.Refused("cannot go on writing", path, failure);
        }
    }

    public void Dispose()
    {
        _printer?.Dispose();
        _writer?.Dispose();
        _reader.Dispose();
        _stop.Dispose();
    }

    private void RefuseWhatIsNoCapture()
    {
        if (_reader.Ending.Kind == CaptureEndingKind.Refused)
        {
            throw CaptureFileSource.Refused(_options.Path, _reader.Ending);
        }
    }

    private void Begin()
    {
        if (!_options.Filter.IsEmpty && _reader.Interfaces is [var only, ..])
        {
            _options.Filter.For(only.LinkType);
        }

        if (_options.Write is { } path)
        {
            // The first block says where the file comes from, and the new file repeats it.
            CaptureSection? origin = _reader is PcapNgReader blocks && TryReadBlock(blocks, out _) ? blocks.Section : null;
            RefuseWhatIsNoCapture();
            _writer = new CaptureFileWriter(
                CaptureFileSource.OpenWrite(_context, path),
                path,
                CaptureFileName.FormatOf(path, _options.FileFormat),
                (origin ?? new CaptureSection()) with { IsBigEndian = false, Application = $"sonde {DoctorReport.VersionOf()}" });
        }

        if (_options.Stats)
        {
            _statistics = new FrameTally(_options.TableSize);
        }
        else if (Prints)
        {
            var clock = new FrameTimeText(_options.Time, _context.Time.LocalTimeZone, _options.Nanoseconds);
            _printer = FramePrinter.Create(_context.Output, _options.Format, clock);
        }
    }

    private bool TryNext(out CapturedPacket packet)
    {
        if (_writer is null || _reader is not PcapNgReader blocks)
        {
            return TryReadPacket(out packet);
        }

        // What is no packet goes into the new file, too.
        while (TryReadBlock(blocks, out PcapNgBlock block))
        {
            if (blocks.TryGetPacket(block, out packet))
            {
                return true;
            }

            if (_writer.Format == CaptureFormat.PcapNg)
            {
                TellInterfaces(blocks);
            }

            _writer.WriteOther(blocks, block);
        }

        packet = default;
        return false;
    }

    private bool TryReadPacket(out CapturedPacket packet)
    {
        try
        {
            return _reader.TryRead(out packet);
        }
        catch (IOException failure)
        {
            throw CaptureFileName.Refused($"after {Number(_read)} packets cannot go on reading", _options.Path, failure);
        }
    }

    private bool TryReadBlock(PcapNgReader blocks, out PcapNgBlock block)
    {
        try
        {
            return blocks.TryReadBlock(out block);
        }
        catch (IOException failure)
        {
            throw CaptureFileName.Refused($"after {Number(_read)} packets cannot go on reading", _options.Path, failure);
        }
    }

    private void Take(in CapturedPacket packet)
    {
        if (!_options.Filter.IsEmpty && !_options.Filter.For(packet.LinkType).Matches(packet.Data, FrameRow.LengthOf(packet)))
        {
            return;
        }

        _passed++;
        if (_passed <= _options.Skip)
        {
            return;
        }

        _shown++;
        _writer?.Write(NumberOf(packet.Interface), packet);
        if (_printer is null && _statistics is null)
        {
            return;
        }

        FrameRow row = FrameRow.From(packet, _read);
        _statistics?.Add(row);
        if (_printer is not null)
        {
            _printer.ShowsInterface |= _reader.Interfaces.Count > 1;
            _printer.Print(row);
        }
    }

    private int NumberOf(CaptureInterface from)
    {
        if (_reader is PcapNgReader blocks)
        {
            if (_writer!.Format == CaptureFormat.PcapNg) // only a writer asks
            {
                TellInterfaces(blocks);
                return _written[from.Id];
            }
        }

        return _writer!.AddInterface(from);
    }

    private void TellInterfaces(PcapNgReader blocks)
    {
        if (blocks.Sections != _section)
        {
            _section = blocks.Sections;
            _written.Clear();
        }

        for (int id = _written.Count; id < blocks.Interfaces.Count; id++)
        {
            _written.Add(_writer!.AddInterface(blocks.Interfaces[id])); // only a writer asks
        }
    }

    private IReadOnlyList<FrameGap> Close()
    {
        _writer?.Dispose();
        IReadOnlyList<FrameGap> gaps = [.. GapsOfInput(), .. _writer?.Gaps() ?? []];
        _printer?.Finish(gaps);
        if (_statistics is not null)
        {
            FrameStatisticsPrinter.Print(_context.Output, _options.Format, _statistics, _options.Top, gaps);
        }

        return gaps;
    }

    private IEnumerable<FrameGap> GapsOfInput()
    {
        if (_stop.Token.IsCancellationRequested)
        {
            yield return new FrameGap("the rest of the file", $"stopped by a signal after {Number(_read)} packets");
        }
        else if (_reader.Ending.Kind == CaptureEndingKind.Torn)
        {
            yield return new FrameGap("the rest of the file", $"{_reader.Ending} (after {Number(_read)} packets)");
        }

        CaptureReadCounters counters = _reader.Counters;
        (long Count, string What, string Why)[] kinds =
        [
            (counters.TooLarge, "packets or blocks", "larger than what is accepted"),
            (counters.Malformed, "packets", "their blocks contradict themselves"),
            (counters.UnknownInterface, "packets", "their interface is not described in the file"),
            (counters.MalformedOptions, "options", "their blocks do not end as they should"),
            (_reader is PcapNgReader { Sections: > 1 } blocks && _writer is not null ? blocks.Sections - 1 : 0, "headers of sections", "the file written has one section"),
        ];
        foreach ((long count, string what, string why) in kinds)
        {
            if (count > 0)
            {
                yield return new FrameGap(what, why, count);
            }
        }
    }

    private int Report(IReadOnlyList<FrameGap> gaps)
    {
        if (_options.Write is { } path)
        {
            _context.Note($"{Number(_read)} packets read, {Number(_shown)} written to {(path == CaptureFileName.Standard ? "standard output" : path)} ({Units.Bytes(_writer!.Length)})");
        }

        foreach (FrameGap gap in gaps)
        {
            _context.Note($"not seen: {gap.What}{(gap.Count > 0 ? $" ({Number(gap.Count)})" : string.Empty)}: {gap.Reason}");
        }

        bool isStopped = _stop.Token.IsCancellationRequested;
        return !isStopped && (_reader.Ending.Kind == CaptureEndingKind.Torn || _reader.Counters is not { Skipped: 0, MalformedOptions: 0 }) ? ExitCode.Failure : ExitCode.Ok;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
