namespace Sonde.Host.Processes.Events;

/// <summary>The sources of one system for events of processes, best first, chosen by trying.</summary>
internal abstract class ProcessEventLadder
{
    private protected ProcessEventLadder()
    {
    }

    /// <summary>The rungs, best first.</summary>
    private protected abstract IReadOnlyList<ProcessEventRung> Rungs { get; }

    /// <summary>The ladder of this system.</summary>
    internal static ProcessEventLadder Create() =>
        OperatingSystem.IsLinux() ? new Linux.LinuxEventLadder()
        : OperatingSystem.IsMacOS() ? new MacOS.MacOSEventLadder()
        : OperatingSystem.IsWindows() ? new Windows.WindowsEventLadder()
        : new SnapshotEventLadder();

    /// <summary>Opens the source that the options name, or the best that works; one that fails is named in a gap of the one below.</summary>
    /// <exception cref="HostException">None works.</exception>
    internal ProcessEventSource Open(ProcessEventOptions options)
    {
        if (options.Source != ProcessEventSourceKind.Automatic)
        {
            ProcessEventRung rung = Rungs.FirstOrDefault(one => one.Kind == options.Source)
                ?? throw new HostException(
                    HostFailure.Unavailable, "open", null, 0, $"this system has no such source of events; it has {string.Join(", ", Rungs.Select(static one => one.Name))}");
            return rung.Open(options, []);
        }

        HostException? best = null;
        var gaps = new List<Gap>();
        foreach (ProcessEventRung rung in Rungs)
        {
            try
            {
                return rung.Open(options, gaps);
            }
            catch (HostException refused)
            {
                best ??= refused;
                gaps.Add(new Gap(
                    $"source {rung.Name}",
                    refused.Failure == HostFailure.AccessDenied ? ReadingStatus.Denied : refused.Failure == HostFailure.Unavailable ? ReadingStatus.Unsupported : ReadingStatus.Failed,
                    refused.Message));
            }
        }

        throw best ?? new HostException(HostFailure.Unavailable, "open", null, 0, "this system has no source of events of processes");
    }

    /// <summary>Tries every rung.</summary>
    internal IReadOnlyList<BackendStatus> Check() => [.. Rungs.Select(static rung => rung.Check())];
}
