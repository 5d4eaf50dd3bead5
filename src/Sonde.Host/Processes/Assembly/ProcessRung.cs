namespace Sonde.Host.Processes.Assembly;

/// <summary>One engine on the ladder.</summary>
/// <param name="Kind">Which engine.</param>
/// <param name="Name">Its name on the command line: "proc".</param>
/// <param name="Open">Opens a collector with it; the gaps say why better engines do not serve, and belong into every snapshot. Throws <see cref="HostException"/>.</param>
/// <param name="Check">Tries it and says what it found.</param>
internal sealed record ProcessRung(
    ProcessEngineKind Kind,
    string Name,
    Func<ProcessCollectorOptions, IReadOnlyList<Gap>, ProcessCollector> Open,
    Func<BackendStatus> Check);
