using Sonde.Host.Processes.Events.Tracking;
using Sonde.Interop;

namespace Sonde.Host.Processes.Events;

/// <summary>Compares two readings of the process table: all that is left where no stream serves, and the same on every system.</summary>
internal sealed class SnapshotEventSource : ProcessEventSource
{
    // Comparing without a pause would be most of a processor's work.
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(10);

    private readonly ProcessEventOptions _options;
    private readonly ProcessCollector _collector;
    private readonly ProcessTracker _tracker;
    private readonly StartTimes _starts;
    private long _comparisons;

    internal SnapshotEventSource(ProcessEventOptions options, ProcessCollector collector, IReadOnlyList<Gap> gaps)
        : base(options, gaps)
    {
        _options = options;
        _collector = collector;
        var begun = EventMoment.Now(options.Time);
        using ProcessSnapshot first = collector.Collect();
        _starts = StartTimes.Create(options.Time);
        _tracker = new ProcessTracker(first.Boot, options.Fields & ProcessFields.Identity, Emit);
        _tracker.Learn(first, begun.Monotonic, _starts.Of);
    }

    public override ProcessEventSourceKind Kind => ProcessEventSourceKind.Snapshots;

    /// <summary>Opens it.</summary>
    /// <exception cref="HostException">The table cannot be read.</exception>
    internal static SnapshotEventSource Open(ProcessEventOptions options, IReadOnlyList<Gap> gaps)
    {
        var collector = ProcessCollector.Create(options.ForCollector());
        try
        {
            return new SnapshotEventSource(
                options,
                collector,
                [.. gaps, new Gap("short-lived processes", ReadingStatus.Unsupported, FormattableString.Invariant($"the table is read every {options.Interval.TotalMilliseconds:0} ms: what starts and ends in between is not seen"))]);
        }
        catch (HostException)
        {
            collector.Dispose();
            throw;
        }
    }

    /// <summary>Reads the table once, and tells what changed.</summary>
    internal void Compare()
    {
        var begun = EventMoment.Now(_options.Time);
        using ProcessSnapshot snapshot = _collector.Collect();
        _tracker.Compare(EventMoment.Now(_options.Time), snapshot, begun.Monotonic, _starts.Of, isSure: true);
        Interlocked.Increment(ref _comparisons);
    }

    private protected override void Run(StopSignal stop)
    {
        TimeSpan interval = _options.Interval > s_shortest ? _options.Interval : s_shortest;
        while (!stop.Wait(interval))
        {
            Compare();
        }
    }

    private protected override ProcessEventStatistics Count() => new()
    {
        Comparisons = Interlocked.Read(ref _comparisons),
        Found = _tracker.Found,
        Known = _tracker.KnownCount,
    };

    protected override void Dispose(bool disposing) => _collector.Dispose();
}
