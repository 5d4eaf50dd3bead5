namespace Sonde.Traffic.Sources;

/// <summary>Takes what sources count; one thread at a time.</summary>
internal interface ITrafficSink
{
    /// <summary>Adds what was counted of one flow.</summary>
    public void Count(in FlowCount count);

    /// <summary>Adds what was counted without knowing of which flow.</summary>
    public void CountOverflow(in TrafficCounters counters);
}
