using System.Runtime.Versioning;
using Sonde.Host.Processes.Events.Tracking;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Interop.Windows.Etw;

namespace Sonde.Host.Processes.Events.Windows;

/// <summary>The kernel's own trace of processes: each is read as soon as it is told of; what the trace lost is told, and the table is read for it.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTraceSource : ProcessEventSource
{
    /// <summary>What traces of processes are called; each has the id of its process behind it.</summary>
    internal const string TraceName = "Sonde.processes";

    private const string Slow = "this process was too slow for the trace";

    // Small buffers are handed over soon, and many of them hold a burst.
    private static readonly EtwSettings s_settings = new(32, 64, 512, 10);

    // The system says what it lost only when it is asked.
    private static readonly TimeSpan s_betweenLossChecks = TimeSpan.FromMilliseconds(500);

    // A difference may be a process whose event is still in a buffer.
    private static readonly TimeSpan s_confirmAfter = TimeSpan.FromMilliseconds(500);

    private readonly ProcessEventOptions _options;
    private readonly TraceIntake _intake = new();
    private readonly WindowsEventReader _reader;
    private readonly ProcessCollector _collector;
    private readonly ProcessTracker _tracker;
    private readonly StartTimes _starts;
    private readonly EtwSession _trace;
    private readonly ComparisonSchedule _schedule;
    private EtwLosses _losses;
    private long _lostEvents; // what of them others may read
    private long _lostBuffers;
    private long _dropped;
    private long _comparisons;
    private long _nextLossCheck;

    /// <summary>Begins the trace, and learns who was there before.</summary>
    /// <exception cref="HostException">The table cannot be read, or the trace was refused; then reader and collector are the caller's still.</exception>
    internal WindowsTraceSource(ProcessEventOptions options, WindowsEventReader reader, ProcessCollector collector, IReadOnlyList<Gap> gaps)
        : base(options, gaps)
    {
        _options = options;
        _reader = reader;
        _collector = collector;
        _starts = StartTimes.Create(options.Time);
        _tracker = new ProcessTracker(reader.Boot, options.Fields & ProcessFields.Identity, Emit);
        _trace = Begin(_intake);
        try
        {
            // After the trace has begun: whoever starts from here on is told of, whoever was there is known.
            EventMoment begun = EventMoment.Now(options.Time);
            using ProcessSnapshot snapshot = collector.Collect();
            _tracker.Learn(snapshot, begun.Monotonic, _starts.Of);
        }
        catch (HostException)
        {
            _trace.Dispose();
            _intake.Dispose();
            throw;
        }

        _schedule = new ComparisonSchedule(_tracker, options, s_confirmAfter);
        _nextLossCheck = ComparisonSchedule.After(_options.Time, s_betweenLossChecks);
    }

    public override ProcessEventSourceKind Kind => ProcessEventSourceKind.EventTrace;

    /// <summary>Begins the trace.</summary>
    /// <exception cref="HostException">The system refused.</exception>
    internal static EtwSession Begin(IEtwConsumer consumer)
    {
        try
        {
            return EtwSession.Start(TraceName, s_settings, [EtwProvider.KernelProcess], consumer);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    private protected override void Run(StopSignal stop)
    {
        WaitHandle[] waits = [((WindowsStopSignal)stop).Waitable, _intake.News];
        while (WaitHandle.WaitAny(waits, UntilNext()) != 0)
        {
            bool isOver = _intake.IsOver; // first: what came before the end is told before it
            while (_intake.TryTake(out KernelProcessEvent told, out long timestamp))
            {
                Tell(told, timestamp);
                if (stop.Wait(TimeSpan.Zero))
                {
                    return;
                }
            }

            if (isOver && _intake.Failure is { } failure)
            {
                throw failure is NativeException native ? HostException.From(native) : new HostException(HostFailure.System, "ProcessTrace", null, 0, failure.Message, failure);
            }

            if (_schedule.Until(_nextLossCheck) == TimeSpan.Zero)
            {
                _nextLossCheck = ComparisonSchedule.After(_options.Time, s_betweenLossChecks);
                CheckLosses();
            }

            if (_schedule.IsDue)
            {
                Resync();
            }
        }
    }

    private protected override ProcessEventStatistics Count() => new()
    {
        Received = _intake.Received,
        LostBySystem = Interlocked.Read(ref _lostEvents) + _intake.Dropped,
        Overflows = Interlocked.Read(ref _lostBuffers),
        Malformed = _intake.Malformed,
        Comparisons = Interlocked.Read(ref _comparisons),
        Found = _tracker.Found,
        Unread = _tracker.Unread,
        Known = _tracker.KnownCount,
    };

    protected override void Dispose(bool disposing)
    {
        _trace.Dispose();
        _intake.Dispose();
        _reader.Dispose();
        _collector.Dispose();
    }

    private void Tell(in KernelProcessEvent told, long timestamp)
    {
        TimeSpan monotonic = TimeSpan.FromTicks((long)((Int128)timestamp * TimeSpan.TicksPerSecond / _options.Time.TimestampFrequency));
        EventMoment at = EventMoment.At(_options.Time, monotonic);
        ulong? start = _reader.StartOf(told);
        if (told.IsStart)
        {
            _tracker.Start(at, told.Pid, told.ParentPid, start is { } mark ? _reader.Read(told, mark, at) : null, (ulong)told.Created);
            return;
        }

        _tracker.End(at, told.Pid, 0, ExitStatus.FromCode(told.ExitCode), null);
        _reader.Forget(told.Pid);
    }

    private void CheckLosses()
    {
        EtwLosses now = _trace.ReadLosses();
        long events = now.Events - _losses.Events;
        long buffers = now.Buffers - _losses.Buffers;
        _losses = now;
        Interlocked.Exchange(ref _lostEvents, now.Events);
        Interlocked.Exchange(ref _lostBuffers, now.Buffers);
        if (events > 0)
        {
            _schedule.Lose(Reading.Ok(events), "the buffers of the trace were full");
        }

        if (buffers > 0)
        {
            _schedule.Lose(
                Reading.NotCollected<long>("the system does not say how many events were in them"),
                FormattableString.Invariant($"{buffers} full buffers of the trace were thrown away: {Slow}"));
        }

        if (_intake.Dropped - _dropped is > 0 and var dropped)
        {
            _dropped += dropped;
            _schedule.Lose(Reading.Ok(dropped), $"too many events waited: {Slow}");
        }
    }

    /// <summary>Compares what the events told with the table.</summary>
    private void Resync()
    {
        EventMoment begun = EventMoment.Now(_options.Time);
        using ProcessSnapshot snapshot = _collector.Collect();
        Interlocked.Increment(ref _comparisons);
        EventMoment now = EventMoment.Now(_options.Time);
        ComparisonResult result = _tracker.Compare(now, snapshot, begun.Monotonic, _starts.Of, isSure: false);
        _reader.Refresh(snapshot);
        _schedule.Take(now, result);
    }

    private TimeSpan UntilNext() => _intake.HasMore ? TimeSpan.Zero : _schedule.Until(Math.Min(_schedule.Next, _nextLossCheck));
}
