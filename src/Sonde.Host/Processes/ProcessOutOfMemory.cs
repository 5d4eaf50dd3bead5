namespace Sonde.Host.Processes;

/// <summary>How likely the system ends a process for lack of memory.</summary>
/// <param name="Adjustment">What was set for it: -1000 (never) to 1000 on Linux, the jetsam priority on macOS.</param>
/// <param name="Score">The resulting score, where the system shows one: the highest goes first.</param>
public sealed record ProcessOutOfMemory(int Adjustment, Reading<int> Score);
