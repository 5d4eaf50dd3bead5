namespace Sonde.Host.Processes;

/// <summary>Which processes macOS counts together.</summary>
/// <param name="ResourceId">The coalition that resources are charged to.</param>
/// <param name="JetsamId">The coalition that is ended together for lack of memory.</param>
/// <param name="ResponsiblePid">The process that answers for this one.</param>
public sealed record MacOSCoalition(Reading<ulong> ResourceId, Reading<ulong> JetsamId, Reading<int> ResponsiblePid);
