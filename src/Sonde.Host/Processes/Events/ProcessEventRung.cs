namespace Sonde.Host.Processes.Events;

/// <summary>One source on the ladder.</summary>
/// <param name="Kind">Which source.</param>
/// <param name="Name">Its name on the command line: "connector".</param>
/// <param name="Open">Opens it; the gaps say why better ones do not serve. Throws <see cref="HostException"/>.</param>
/// <param name="Check">Tries it and says what it found.</param>
internal sealed record ProcessEventRung(
    ProcessEventSourceKind Kind,
    string Name,
    Func<ProcessEventOptions, IReadOnlyList<Gap>, ProcessEventSource> Open,
    Func<BackendStatus> Check);
