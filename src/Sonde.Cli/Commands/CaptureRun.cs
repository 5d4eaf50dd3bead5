using System.Globalization;
using Sonde.Cli.Capturing;
using Sonde.Cli.Errors;
using Sonde.Cli.Frames;
using Sonde.Cli.Output;
using Sonde.Link;
using Sonde.Packets.Files;

namespace Sonde.Cli.Commands;

/// <summary>One run of `sonde capture`: a thread for each interface, and one place where all frames go.</summary>
internal sealed class CaptureRun : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(250);

    // How long after a stop frames may still come that were on the wire before it: twice what a block waits, and no longer on a busy line.
    private static readonly TimeSpan s_lastBlock = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan s_lastFrames = TimeSpan.FromMilliseconds(500);

    private readonly CommandContext _context;
    private readonly CaptureOptions _options;
    private readonly GracefulStop _signals;
    private readonly CancellationTokenSource _stop;
    private readonly ManualResetEventSlim _ended = new();
    private readonly Lock _sink = new(); // whoever holds it may write, print and count
    private readonly InterfaceNames _names = new();
    private readonly List<FrameDevice> _devices = [];
    private readonly List<FrameGap> _gaps = [];
    private CaptureFiles? _files;
    private FramePrinter? _printer;
    private FrameTally? _tally;
    private Exception? _failure;
    private int _running;
    private int _gone;
    private long _taken;
    private long _bytes;
    private long _withoutTime;

    internal CaptureRun(CommandContext context, CaptureOptions options)
    {
        _context = context;
        _options = options;

        // What goes to files goes on without a reader of the rest.
        _signals = new GracefulStop(endsUnread: options.Write is null || WritesToPipe);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_signals.Token);
    }

    private bool Prints => _options is { Stats: false, Write: null } or { Print: true };

    private bool WritesToPipe => _options.Write == CaptureFileName.Standard;

    /// <summary>Captures until it is stopped, or as much as was asked for.</summary>
    internal int Run()
    {
        _options.Filter.Check();
        Open();

        // A new file of a row may have to be made in a directory of another user.
        LongRun.GiveUpRights(_options.Rotation is null ? [] : ["CAP_DAC_OVERRIDE"]);
        long began = _context.Time.GetTimestamp();
        List<Thread> threads = Start();
        Watch(began);
        _stop.Cancel();
        threads.ForEach(static thread => thread.Join());
        if (_failure is not null)
        {
            throw Explain(_failure);
        }

        try
        {
            IReadOnlyList<FrameGap> gaps = Close();
            return Report(gaps, _context.Time.GetElapsedTime(began));
        }
        catch (LinkException refused)
        {
            throw LinkErrors.From($"after {Number(_taken)} packets cannot tell what was lost", "sonde capture --interface", refused);
        }
    }

    public void Dispose()
    {
        _devices.ForEach(static device => device.Dispose());
        _printer?.Dispose();
        _files?.Dispose();
        _names.Dispose();
        _ended.Dispose();
        _stop.Dispose();
        _signals.Dispose();
    }

    private void Open()
    {
        foreach (string name in _options.Interfaces)
        {
            try
            {
                _devices.Add(FrameDevice.Open(name, new FrameDeviceOptions
                {
                    Mode = _options.Mode,
                    SnapLength = _options.SnapLength,
                    Filter = _options.Filter.IsEmpty ? null : _options.Filter.Expression,
                    Promiscuous = _options.Promiscuous,
                    Directions = _options.Directions,
                    BufferSize = _options.BufferSize,
                    HardwareTimestamps = _options.HardwareTimestamps,
                }));
            }
            catch (LinkException refused)
            {
                throw LinkErrors.From("cannot capture", "sonde capture --interface", refused);
            }
            catch (Packets.Filters.PacketFilterException wrong)
            {
                throw _options.Filter.Refused(wrong, name);
            }
        }

        if (_options.Write is { } path)
        {
            _files = new CaptureFiles(_context, path, _options.FileFormat, _options.Rotation, [.. _devices.Select(Describe)]) { StatisticsOf = StatisticsOf };
        }

        if (_options.Stats)
        {
            _tally = new FrameTally(FrameTally.DefaultCapacity);
        }
        else if (Prints)
        {
            _printer = FramePrinter.Create(_context.Output, _options.Format, new FrameTimeText(_options.Time, _context.Time.LocalTimeZone, _options.Nanoseconds));
            _printer.ShowsInterface = _devices.Count > 1 || _devices[0].InterfaceIndex == 0;
        }

        string where = string.Join(", ", _devices.Select(static device => $"{device.Name} ({FrameWords.Describe(device.LinkType)}, {device.Backend})"));
        _context.Note($"capturing on {where}{(_options.Write is null ? string.Empty : $" into {(WritesToPipe ? "standard output" : _files!.CurrentPath)}")}; Ctrl-C ends");
    }

    private CaptureInterface Describe(FrameDevice device) => new()
    {
        LinkType = device.LinkType,
        Name = device.Name,
        SnapLength = (uint)_options.SnapLength,
        Filter = _options.Filter.IsEmpty ? null : _options.Filter.Expression,
        Resolution = TimestampResolution.Nanoseconds,
    };

    private List<Thread> Start()
    {
        _running = _devices.Count;
        var threads = new List<Thread>();
        for (int number = 0; number < _devices.Count; number++)
        {
            int own = number;
            var thread = new Thread(() => Receive(own)) { Name = $"capture {_devices[own].Name}", IsBackground = true };
            thread.Start();
            threads.Add(thread);
        }

        return threads;
    }

    /// <summary>Until the end: progress for whoever watches, new files when it is time, what waits in memory into the file.</summary>
    private void Watch(long began)
    {
        bool showsProgress = _options.Write is not null && _printer is null && !Console.IsErrorRedirected;
        while (true)
        {
            TimeSpan left = _options.Duration is { } duration ? duration - _context.Time.GetElapsedTime(began) : s_tick;
            if (left <= TimeSpan.Zero || _stop.IsCancellationRequested)
            {
                break;
            }

            if (_ended.Wait(left < s_tick ? left : s_tick))
            {
                break;
            }

            lock (_sink)
            {
                Tick();
            }

            if (showsProgress)
            {
                Console.Error.Write($"\r\e[K{Summary(_context.Time.GetElapsedTime(began))}");
            }
        }

        if (showsProgress)
        {
            Console.Error.Write("\r\e[K");
        }
    }

    private void Tick()
    {
        try
        {
            _files?.Tick();
            _files?.Flush();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or UserErrorException)
        {
            Fail(failure);
        }
    }

    private void Receive(int number)
    {
        FrameDevice device = _devices[number];
        try
        {
            while (device.Wait(_stop.Token))
            {
                Take(device, number, long.MaxValue);
            }

            // Frames that came before the stop may stand in a block that is not full yet.
            long stopped = NowNanoseconds();
            long began = _context.Time.GetTimestamp();
            bool isBefore = true;
            while (isBefore && _taken != _options.Count && _failure is null && _context.Time.GetElapsedTime(began) < s_lastFrames
                && device.Wait(s_lastBlock) == FrameWait.Ready)
            {
                isBefore = Take(device, number, stopped);
            }
        }
        catch (LinkException gone)
        {
            lock (_sink)
            {
                _gone++;
                _gaps.Add(new FrameGap($"what came later on {device.Name}", $"{gone.Operation}: {gone.Reason}"));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or UserErrorException)
        {
            Fail(failure); // told by the thread that waits for this one
        }
        finally
        {
            if (Interlocked.Decrement(ref _running) == 0)
            {
                _ended.Set();
            }
        }
    }

    // False once a frame is met that came after the end. A card's own clock cannot be compared with ours.
    private bool Take(FrameDevice device, int number, long until)
    {
        bool isBefore = true;
        lock (_sink)
        {
            foreach (Frame frame in device.Receive())
            {
                isBefore = frame.Clock != FrameClock.Kernel || frame.TimestampNanoseconds <= until;
                if (_taken == _options.Count || !isBefore)
                {
                    break;
                }

                Take(frame, device, number);
                if (_taken == _options.Count)
                {
                    _ended.Set();
                    _stop.Cancel();
                    break;
                }
            }

            if (_printer is not null)
            {
                _context.Output.Flush();
            }

            if (WritesToPipe)
            {
                _files!.Flush(); // there is a file where one is written
            }
        }

        return isBefore;
    }

    private void Take(in Frame frame, FrameDevice device, int number)
    {
        _taken++;
        _bytes += frame.WireLength;
        bool hasTime = frame.Clock != FrameClock.None;
        _withoutTime += hasTime ? 0 : 1;
        long time = hasTime ? frame.TimestampNanoseconds : NowNanoseconds();
        _files?.Write(number, frame.Data, frame.WireLength, time, frame.Direction);
        if (_printer is null && _tally is null)
        {
            return;
        }

        var row = new FrameRow
        {
            Number = _taken,
            LinkType = frame.LinkType,
            Data = frame.Data,
            WireLength = frame.WireLength,
            TimestampNanoseconds = time,
            InterfaceName = device.InterfaceIndex == 0 ? _names.Of(frame.InterfaceIndex) : device.Name,
            InterfaceId = frame.InterfaceIndex,
            Direction = frame.Direction,
        };
        _tally?.Add(row);
        _printer?.Print(row);
    }

    private void Fail(Exception failure)
    {
        _failure ??= failure;
        _ended.Set();
        _stop.Cancel();
    }

    private Exception Explain(Exception failure) => failure is IOException or UnauthorizedAccessException && _files is { HasFailed: true } && !WritesToPipe
        ? CaptureFileName.Refused($"after {Number(_taken)} packets cannot go on writing", _files.CurrentPath, failure)
        : failure;

    private IReadOnlyList<FrameGap> Close()
    {
        // Disposed last: what the system counted is still asked for.
        IReadOnlyList<FrameGap> lostInFiles = _files?.Close() ?? [];
        IReadOnlyList<FrameGap> gaps = [.. _gaps, .. Losses(), .. lostInFiles];
        _printer?.Finish(gaps);
        if (_tally is not null)
        {
            FrameStatisticsPrinter.Print(_context.Output, _options.Format, _tally, null, gaps);
        }

        return gaps;
    }

    private IEnumerable<FrameGap> Losses()
    {
        foreach (FrameDevice device in _devices)
        {
            FrameStatistics counted = device.Statistics;
            if (counted.Dropped > 0)
            {
                yield return new FrameGap($"packets on {device.Name}", "the buffer was full; a larger one helps: --buffer-size", counted.Dropped.Value);
            }

            if (counted.DroppedByInterface > 0)
            {
                yield return new FrameGap($"packets on {device.Name}", "the interface or its driver dropped them", counted.DroppedByInterface.Value);
            }

            if (counted.Malformed > 0)
            {
                yield return new FrameGap($"records on {device.Name}", "the system's description of them made no sense", counted.Malformed);
            }
        }

        if (_names.Reason is { } unnamed)
        {
            yield return new FrameGap("names of interfaces", unnamed);
        }

        if (_withoutTime > 0)
        {
            yield return new FrameGap("times", "the system gave none, and the time of reading was taken", _withoutTime);
        }
    }

    private int Report(IReadOnlyList<FrameGap> gaps, TimeSpan elapsed)
    {
        _context.Note(Summary(elapsed));
        foreach (FrameGap gap in gaps)
        {
            _context.Note($"not seen: {gap.What}{(gap.Count > 0 ? $" ({Number(gap.Count)})" : string.Empty)}: {gap.Reason}");
        }

        return _gone == _devices.Count ? ExitCode.Failure : ExitCode.Ok;
    }

    private string Summary(TimeSpan elapsed)
    {
        long dropped = 0;
        bool isKnown = true;
        foreach (FrameDevice device in _devices)
        {
            long? lost = device.Statistics.Dropped;
            isKnown &= lost is not null;
            dropped += lost ?? 0;
        }

        string files = _files is null ? string.Empty
            : $", {Units.Bytes(_files.Bytes)} written{(_files.Files > 1 ? $" in {Number(_files.Files)} files" : string.Empty)}";
        return $"{Number(_taken)} packets, {Units.Bytes(_bytes)} on the wire{files}, {(isKnown ? Number(dropped) : "an unknown number")} dropped, {elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";
    }

    private InterfaceStatistics? StatisticsOf(int number)
    {
        FrameStatistics counted = _devices[number].Statistics;
        return new InterfaceStatistics
        {
            Delivered = (ulong)counted.Delivered,
            DroppedBySystem = (ulong?)counted.Dropped,
            DroppedByInterface = (ulong?)counted.DroppedByInterface,
            AcceptedByFilter = (ulong?)(counted.Delivered + counted.Dropped),
        };
    }

    private long NowNanoseconds() => (_context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
