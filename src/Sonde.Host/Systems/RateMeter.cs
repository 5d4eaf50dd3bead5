namespace Sonde.Host.Systems;

/// <summary>Turns counters that only grow into rates, by measured time.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private readonly Dictionary<string, double> _totals = [];
    private long _then;
    private double _seconds;

    /// <summary>Begins a reading: all totals of it count as of now.</summary>
    internal void Begin()
    {
        long now = time.GetTimestamp();
        _seconds = _then == 0 ? 0 : time.GetElapsedTime(_then, now).TotalSeconds;
        _then = now;
    }

    /// <summary>The rate of a counter since the reading before.</summary>
    internal Reading<double> PerSecond(string name, Reading<double> total)
    {
        Reading<double> grown = Grown(name, total);
        return !grown.HasValue ? grown
            : _seconds > 0 ? grown.Value / _seconds
            : Reading.NotCollected<double>("no time has passed since the reading before");
    }

    /// <summary>By how much a counter grew since the reading before.</summary>
    internal Reading<double> Grown(string name, Reading<double> total)
    {
        if (!total.HasValue)
        {
            _totals.Remove(name);
            return total;
        }

        bool isKnown = _totals.TryGetValue(name, out double before);
        _totals[name] = total.Value;
        return !isKnown ? Reading.NotCollected<double>("a rate needs two readings")
            : total.Value < before ? Reading.NotCollected<double>("the counter began again")
            : total.Value - before;
    }
}
