namespace Sonde.Traffic;

/// <summary>What went over it lately, oldest first.</summary>
/// <param name="Seconds">One entry for each of up to 60 past ticks of about a second.</param>
/// <param name="Minutes">One entry for each of up to 60 past minutes, the current one last.</param>
public sealed record TrafficHistory(IReadOnlyList<TrafficSample> Seconds, IReadOnlyList<TrafficSample> Minutes);
