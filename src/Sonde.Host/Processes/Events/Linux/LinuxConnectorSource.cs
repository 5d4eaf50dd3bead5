using System.Runtime.Versioning;
using Sonde.Host.Processes.Events.Tracking;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;

namespace Sonde.Host.Processes.Events.Linux;

/// <summary>The process connector: the kernel's own word on every fork, execution and exit, read from /proc as it comes, and checked against the table.</summary>
/// <remarks>
/// One thread does it all, and emptying the socket goes before everything else: what the kernel cannot deliver is lost, what waits here is not. So it
/// takes all that is there, then reads the processes of a few events, then looks again.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class LinuxConnectorSource : ProcessEventSource
{
    // About ten megabytes: more than the kernel's buffer holds. Beyond that the kernel's own buffer fills, and says so.
    private const int MaxWaiting = 128 * 1024;
    private const int EventsATurn = 16;

    // What a second reading must confirm is not kept waiting for the next check.
    private static readonly TimeSpan s_confirmAfter = TimeSpan.FromMilliseconds(250);

    private readonly ProcessEventOptions _options;
    private readonly ProcessConnector _connector;
    private readonly LinuxEventReader _reader;
    private readonly ProcessCollector _collector;
    private readonly ProcessTracker _tracker;
    private readonly StartTimes _starts;
    private readonly ConnectorIntake _intake = new();
    private readonly Queue<ConnectorEvent> _waiting = new();
    private readonly ComparisonSchedule _schedule;
    private long _comparisons;

    internal LinuxConnectorSource(ProcessEventOptions options, ProcessConnector connector, LinuxEventReader reader, ProcessCollector collector, IReadOnlyList<Gap> gaps)
        : base(options, gaps)
    {
        _options = options;
        _connector = connector;
        _reader = reader;
        _collector = collector;
        _starts = StartTimes.Create(options.Time);
        _tracker = new ProcessTracker(reader.Boot, options.Fields & ProcessFields.Identity, Emit);

        // After the subscription: whoever starts from here on is told of, whoever was there is known.
        EventMoment begun = EventMoment.Now(options.Time);
        using ProcessSnapshot snapshot = collector.Collect();
        _tracker.Learn(snapshot, begun.Monotonic, _starts.Of);
        _schedule = new ComparisonSchedule(_tracker, options, s_confirmAfter);
    }

    public override ProcessEventSourceKind Kind => ProcessEventSourceKind.Connector;

    private protected override void Run(StopSignal stop)
    {
        FileDescriptor end = ((UnixStopSignal)stop).Waitable; // on Linux it is made of descriptors
        while (true)
        {
            TimeSpan wait = _waiting.Count > 0 ? TimeSpan.Zero : _schedule.Until(_schedule.Next);
            if (Poller.Wait(_connector.Descriptor, end, wait) == WaitResult.Stopped)
            {
                return;
            }

            Receive();
            for (int turn = 0; turn < EventsATurn && _waiting.TryDequeue(out ConnectorEvent message); turn++)
            {
                Tell(message);
            }

            if (_waiting.Count == 0)
            {
                _reader.Refresh();
                if (_schedule.IsDue)
                {
                    Resync();
                }
            }
        }
    }

    private protected override ProcessEventStatistics Count() => new()
    {
        Received = _intake.Received,
        LostBySystem = _intake.Lost,
        Overflows = _intake.Overflows,
        Malformed = _intake.Malformed,
        Comparisons = Interlocked.Read(ref _comparisons),
        Found = _tracker.Found,
        Unread = _tracker.Unread,
        Known = _tracker.KnownCount,
    };

    protected override void Dispose(bool disposing)
    {
        _connector.Dispose();
        _reader.Dispose();
        _collector.Dispose();
    }

    /// <summary>Takes all that the kernel has for us.</summary>
    private void Receive()
    {
        while (_waiting.Count < MaxWaiting)
        {
            int count = _connector.Receive(out bool hasOverflowed);
            if (hasOverflowed)
            {
                _intake.CountOverflow();
                _schedule.Lose(Reading.NotCollected<long>("the kernel does not say how many; the numbers of what comes next will"), "the kernel's buffer for this process was full (ENOBUFS)");
            }

            for (int index = 0; index < count; index++)
            {
                Take(_connector.Datagram(index));
            }

            if (count == 0)
            {
                return;
            }
        }
    }

    private void Take(ReadOnlySpan<byte> datagram)
    {
        foreach (ConnectorEvent message in _intake.Take(datagram, out long missing))
        {
            if (missing != 0)
            {
                _schedule.Lose(
                    missing > 0 ? Reading.Ok(missing) : Reading.NotCollected<long>("the kernel's numbering began anew"),
                    "the numbers of the kernel's messages have a hole");
                missing = 0;
            }

            if (message.Kind is not (ConnectorEventKind.Other or ConnectorEventKind.Answer) && message.IsProcess)
            {
                _waiting.Enqueue(message);
            }
        }
    }

    private void Tell(in ConnectorEvent message)
    {
        EventMoment at = EventMoment.At(_options.Time, TimeSpan.FromTicks(message.Timestamp / 100));
        ulong mark = _reader.TicksOf(message.Timestamp);
        int pid = message.Pid;
        switch (message.Kind)
        {
            case ConnectorEventKind.Fork:
                _tracker.Start(at, pid, message.Parent, _reader.Read(pid, at, mark + 1), mark);
                break;
            case ConnectorEventKind.Exec:
                _tracker.Execute(at, pid, _reader.Read(pid, at, LatestStart(pid, mark)));
                break;
            case ConnectorEventKind.Credentials:
                _tracker.ChangeCredentials(at, pid, _reader.Read(pid, at, LatestStart(pid, mark)));
                break;
            default:
                ProcessFacts? facts = _tracker.Find(pid) is null ? _reader.Read(pid, at, mark + 1) : null;
                _tracker.End(at, pid, message.Parent, ExitStatus.FromWait(message.Status), facts);
                break;
        }
    }

    // Who has the id by now must have started no later than the one that is known to have had it.
    private ulong LatestStart(int pid, ulong mark) =>
        _tracker.Find(pid) is { Key.HasValue: true, IsKeyEstimated: false } known ? known.Key.Value.Start : mark + 1;

    /// <summary>Compares what the events told with the table.</summary>
    private void Resync()
    {
        EventMoment begun = EventMoment.Now(_options.Time);
        using ProcessSnapshot snapshot = _collector.Collect();
        Interlocked.Increment(ref _comparisons);

        // What happened while it was read belongs to the same picture. A storm must not keep us here: what it leaves is younger than the reading.
        Receive();
        for (int left = _waiting.Count; left > 0 && _waiting.TryDequeue(out ConnectorEvent message); left--)
        {
            Tell(message);
        }

        EventMoment now = EventMoment.Now(_options.Time);
        _schedule.Take(now, _tracker.Compare(now, snapshot, begun.Monotonic, _starts.Of, isSure: false));
    }
}
