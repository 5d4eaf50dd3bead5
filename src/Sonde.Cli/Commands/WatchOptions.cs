namespace Sonde.Cli.Commands;

/// <summary>How to watch.</summary>
/// <param name="IsOn">Whether to watch at all.</param>
/// <param name="Interval">Seconds between two readings.</param>
/// <param name="Count">How many readings; null for no end.</param>
/// <param name="IntervalGiven">Whether the interval was typed.</param>
internal sealed record WatchOptions(bool IsOn, double Interval, int? Count, bool IntervalGiven);
