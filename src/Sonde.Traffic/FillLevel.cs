namespace Sonde.Traffic;

/// <summary>How full one of the monitor's tables is: none of them grows without bound.</summary>
/// <param name="Table">Which: "flows", "processes", "kernel flows".</param>
/// <param name="Used">Entries in use; of tables that are emptied all the time, the most since the last snapshot.</param>
/// <param name="Capacity">Entries it can hold.</param>
/// <param name="Evicted">Entries that had to make room, since the start. What they counted stays in the totals.</param>
public sealed record FillLevel(string Table, long Used, long Capacity, long Evicted);
