using System.Runtime.Versioning;
using Sonde.Host.Processes.Events.Tracking;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;

namespace Sonde.Host.Processes.Events.MacOS;

/// <summary>A kernel queue on every process that is known: it tells ends and executions at once, and that somebody forked; whom, the table must show.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSQueueSource : ProcessEventSource
{
    // After a fork the table is read at once, but in a storm no more often than this.
    private static readonly TimeSpan s_betweenReadings = TimeSpan.FromMilliseconds(20);

    private static readonly ExitStatus s_refused = new(
        Reading.Denied<int>("only its parent, and who may signal it, learns how it ended"),
        Reading.Denied<int>("only its parent, and who may signal it, learns how it ended"),
        Reading.Denied<bool>("only its parent, and who may signal it, learns how it ended"));

    private readonly ProcessEventOptions _options;
    private readonly ProcessQueue _queue;
    private readonly ProcessCollector _collector;
    private readonly ProcessTracker _tracker;
    private readonly StartTimes _starts;
    private readonly List<int> _new = [];
    private readonly Dictionary<int, EventMoment> _executed = [];
    private long _received;
    private long _comparisons;
    private long _lastReading;
    private bool _hasForked;

    internal MacOSQueueSource(ProcessEventOptions options, ProcessQueue queue, ProcessCollector collector, IReadOnlyList<Gap> gaps)
        : base(options, gaps)
    {
        _options = options;
        _queue = queue;
        _collector = collector;
        _starts = StartTimes.Create(options.Time);
        EventMoment begun = EventMoment.Now(options.Time);
        using ProcessSnapshot first = collector.Collect();
        _tracker = new ProcessTracker(first.Boot, options.Fields & ProcessFields.Identity, Tell);
        _tracker.Learn(first, begun.Monotonic, _starts.Of);
        foreach (ProcessRecord process in first.AsSpan())
        {
            _new.Add(process.Pid);
        }

        _lastReading = options.Time.GetTimestamp();
        WatchNew();
    }

    public override ProcessEventSourceKind Kind => ProcessEventSourceKind.KernelQueue;

    private protected override void Run(StopSignal stop)
    {
        FileDescriptor end = ((UnixStopSignal)stop).Waitable; // on macOS it is made of descriptors
        while (Poller.Wait(_queue.Descriptor, end, UntilReading()) != WaitResult.Stopped)
        {
            Receive();
            if (UntilReading() == TimeSpan.Zero)
            {
                Compare();
            }
        }
    }

    private protected override ProcessEventStatistics Count() => new()
    {
        Received = Interlocked.Read(ref _received),
        Comparisons = Interlocked.Read(ref _comparisons),
        Found = _tracker.Found,
        Unread = _tracker.Unread,
        Known = _tracker.KnownCount,
    };

    protected override void Dispose(bool disposing)
    {
        _queue.Dispose();
        _collector.Dispose();
    }

    private void Tell(ProcessEvent next)
    {
        if (next.Kind == ProcessEventKind.Started)
        {
            _new.Add(next.Pid);
        }

        Emit(next);
    }

    private void Receive()
    {
        for (int count = _queue.Receive(); count > 0; count = _queue.Receive())
        {
            EventMoment now = EventMoment.Now(_options.Time);
            for (int index = 0; index < count; index++)
            {
                Interlocked.Increment(ref _received);
                Take(now, _queue.News(index));
            }
        }
    }

    private void Take(in EventMoment now, in ProcessNews news)
    {
        _hasForked |= (news.What & LibSystem.NOTE_FORK) != 0;
        if ((news.What & LibSystem.NOTE_EXEC) != 0)
        {
            // What it executes must be read: soon, together with who was forked meanwhile.
            _executed[news.Pid] = now;
            _hasForked = true;
        }

        if ((news.What & LibSystem.NOTE_EXIT) != 0)
        {
            if (_executed.Remove(news.Pid, out EventMoment executed))
            {
                _tracker.Execute(executed, news.Pid, null);
            }

            _tracker.End(now, news.Pid, 0, news.Status is { } status ? ExitStatus.FromWait(status) : s_refused, null);
        }
    }

    /// <summary>Reads the table, tells what it shows, and watches who is new.</summary>
    private void Compare()
    {
        _hasForked = false;
        EventMoment begun = EventMoment.Now(_options.Time);
        using ProcessSnapshot snapshot = _collector.Collect();
        Interlocked.Increment(ref _comparisons);
        _lastReading = _options.Time.GetTimestamp();

        // Who ended while it was read is told by the queue.
        Receive();
        EventMoment now = EventMoment.Now(_options.Time);
        foreach ((int pid, EventMoment at) in _executed)
        {
            if (at.Monotonic > begun.Monotonic)
            {
                continue; // what was read may be from before
            }

            _executed.Remove(pid); // allowed while enumerating since .NET Core 3.0
            ProcessRecord? record = snapshot.Find(pid);
            _tracker.Execute(
                at,
                pid,
                record is null ? null : new ProcessFacts(
                    record.Key.Start, record.Name, record.ParentPid.GetValueOrDefault(0), record.Identity, record.Sample.ImageStamp, _starts.Of(record), now.Monotonic - at.Monotonic));
        }

        _hasForked |= _executed.Count > 0;
        _tracker.Compare(now, snapshot, begun.Monotonic, _starts.Of, isSure: true);
        WatchNew();
    }

    private void WatchNew()
    {
        foreach (int pid in _new)
        {
            // One that has ended meanwhile is missing in the next reading of the table.
            _hasForked |= _queue.Watch(pid) != 0;
        }

        _new.Clear();
    }

    private TimeSpan UntilReading()
    {
        TimeSpan interval = _hasForked && _options.Interval > s_betweenReadings ? s_betweenReadings : _options.Interval;
        TimeSpan left = interval - _options.Time.GetElapsedTime(_lastReading);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
