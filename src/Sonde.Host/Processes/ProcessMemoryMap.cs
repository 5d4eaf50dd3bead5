namespace Sonde.Host.Processes;

/// <summary>Memory summed up over all mappings of a process, in bytes.</summary>
/// <param name="Proportional">Its share: pages shared by n processes count an n-th (PSS).</param>
/// <param name="Unique">What ending it would free (USS).</param>
/// <param name="ProportionalSwap">Its share of what is swapped out.</param>
public sealed record ProcessMemoryMap(Reading<long> Proportional, Reading<long> Unique, Reading<long> ProportionalSwap);
