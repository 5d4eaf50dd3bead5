namespace Sonde.Host.Processes;

/// <summary>How the system calls of a Linux process are restricted.</summary>
/// <param name="Mode">The rule.</param>
/// <param name="Filters">How many filter programs it carries; kernels before 5.9 do not say.</param>
public sealed record ProcessSeccomp(SeccompMode Mode, Reading<int> Filters);
