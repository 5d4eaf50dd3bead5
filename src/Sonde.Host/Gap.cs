namespace Sonde.Host;

/// <summary>Something a collection could not see: a table that was refused, an object that vanished, a list that was cut.</summary>
/// <param name="What">What is missing: "routes", "link speed".</param>
/// <param name="Status">Why: denied, gone, unsupported or failed.</param>
/// <param name="Reason">The system's words.</param>
/// <param name="Count">How many entries are affected, 0 when that is not known.</param>
public sealed record Gap(string What, ReadingStatus Status, string Reason, long Count = 0);
