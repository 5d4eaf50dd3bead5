namespace Sonde.Traffic.Ledger;

/// <summary>What went over something in each of the last steps, and optionally minutes.</summary>
internal sealed class TrafficRing
{
    private readonly Slot[] _steps;
    private readonly Slot[]? _minutes;
    private int _lastStep = -1;
    private int _lastMinute = -1;

    internal TrafficRing(bool isLong)
    {
        // The running step beside those of the average.
        _steps = new Slot[isLong ? StepClock.Depth + 1 : StepClock.AverageSteps + 1];
        _minutes = isLong ? new Slot[StepClock.Depth] : null;
    }

    /// <summary>Adds to the running step.</summary>
    internal void Add(StepClock clock, in TrafficCounters more)
    {
        Advance(_steps, ref _lastStep, clock.Step).Add(more);
        if (_minutes is not null)
        {
            Advance(_minutes, ref _lastMinute, clock.Minute).Add(more);
        }
    }

    /// <summary>Adds another ring, step by step: traffic that got its owner late.</summary>
    internal void Add(StepClock clock, TrafficRing other)
    {
        Merge(clock.Step, _steps, ref _lastStep, other._steps, other._lastStep);
        if (_minutes is not null && other._minutes is not null)
        {
            Merge(clock.Minute, _minutes, ref _lastMinute, other._minutes, other._lastMinute);
        }
    }

    /// <summary>The rates over the last steps that have ended.</summary>
    internal TrafficRates Rates(StepClock clock, int steps)
    {
        TrafficCounters sum = default;
        TimeSpan time = TimeSpan.Zero;
        for (int step = clock.Step - steps; step < clock.Step; step++)
        {
            time += clock.DurationOf(step);
            sum += Read(_steps, _lastStep, step).Counters;
        }

        return TrafficRates.Of(sum, time);
    }

    /// <summary>Whether anything is in the last steps.</summary>
    internal bool IsSilent(StepClock clock) => _lastStep < clock.Step - StepClock.AverageSteps;

    /// <summary>Everything that is remembered.</summary>
    internal TrafficHistory ToHistory(StepClock clock)
    {
        var seconds = new List<TrafficSample>(StepClock.Depth);
        for (int step = Math.Max(0, clock.Step - StepClock.Depth); step < clock.Step; step++)
        {
            TrafficCounters counters = Read(_steps, _lastStep, step).Counters;
            seconds.Add(new TrafficSample(counters.ReceivedBytes, counters.SentBytes, clock.DurationOf(step)));
        }

        var minutes = new List<TrafficSample>(StepClock.Depth);
        for (int minute = Math.Max(0, clock.Minute - StepClock.Depth + 1); _minutes is not null && minute <= clock.Minute; minute++)
        {
            TrafficCounters counters = Read(_minutes, _lastMinute, minute).Counters;
            TimeSpan duration = minute == clock.Minute ? clock.Elapsed - TimeSpan.FromMinutes(minute) : TimeSpan.FromMinutes(1);
            minutes.Add(new TrafficSample(counters.ReceivedBytes, counters.SentBytes, duration));
        }

        return new TrafficHistory(seconds, minutes);
    }

    // Empties what lies between the last number that was written and this one.
    private static ref Slot Advance(Slot[] slots, ref int last, int now)
    {
        for (int i = Math.Max(last + 1, now - slots.Length + 1); i <= now; i++)
        {
            slots[i % slots.Length] = default;
        }

        last = Math.Max(last, now);
        return ref slots[now % slots.Length];
    }

    private static Slot Read(Slot[] slots, int last, int number) =>
        number >= 0 && number <= last && number > last - slots.Length ? slots[number % slots.Length] : default;

    private static void Merge(int now, Slot[] into, ref int last, Slot[] from, int fromLast)
    {
        Advance(into, ref last, now);
        for (int number = Math.Max(0, now - into.Length + 1); number <= now; number++)
        {
            into[number % into.Length].Add(Read(from, fromLast, number).Counters);
        }
    }

    private struct Slot
    {
        private long _receivedBytes;
        private long _sentBytes;
        private uint _receivedPackets;
        private uint _sentPackets;

        internal readonly TrafficCounters Counters => new(_receivedBytes, _sentBytes, _receivedPackets, _sentPackets);

        internal void Add(in TrafficCounters more)
        {
            _receivedBytes += more.ReceivedBytes;
            _sentBytes += more.SentBytes;
            _receivedPackets += (uint)more.ReceivedPackets;
            _sentPackets += (uint)more.SentPackets;
        }
    }
}
