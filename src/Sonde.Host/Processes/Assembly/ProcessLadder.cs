namespace Sonde.Host.Processes.Assembly;

/// <summary>The engines of one system for processes, best first, chosen by trying.</summary>
internal abstract class ProcessLadder
{
    private protected ProcessLadder()
    {
    }

    /// <summary>The rungs, best first.</summary>
    private protected abstract IReadOnlyList<ProcessRung> Rungs { get; }

    /// <summary>The ladder of this system.</summary>
    internal static ProcessLadder Create() =>
        OperatingSystem.IsLinux() ? new Linux.LinuxProcessLadder()
        : OperatingSystem.IsWindows() ? new Windows.WindowsProcessLadder()
        : OperatingSystem.IsMacOS() ? new MacOS.MacOSProcessLadder()
        : throw new PlatformNotSupportedException("Processes are read on Linux, macOS and Windows.");

    /// <summary>Opens the engine that the options name, or the best that works; one that fails is named in a gap of the one below.</summary>
    /// <exception cref="HostException">None works.</exception>
    internal ProcessCollector Open(ProcessCollectorOptions options)
    {
        if (options.Engine != ProcessEngineKind.Automatic)
        {
            ProcessRung rung = Rungs.FirstOrDefault(one => one.Kind == options.Engine)
                ?? throw new HostException(
                    HostFailure.Unavailable, "open", null, 0, $"this system has no such engine; it has {string.Join(", ", Rungs.Select(static one => one.Name))}");
            return rung.Open(options, []);
        }

        HostException? best = null;
        var gaps = new List<Gap>();
        foreach (ProcessRung rung in Rungs)
        {
            try
            {
                return rung.Open(options, gaps);
            }
            catch (HostException refused)
            {
                best ??= refused;
                gaps.Add(new Gap(
                    $"engine {rung.Name}",
                    refused.Failure == HostFailure.AccessDenied ? ReadingStatus.Denied : refused.Failure == HostFailure.Unavailable ? ReadingStatus.Unsupported : ReadingStatus.Failed,
                    refused.Message));
            }
        }

        throw best ?? new HostException(HostFailure.Unavailable, "open", null, 0, "this system has no engine for processes");
    }

    /// <summary>Tries every rung.</summary>
    internal IReadOnlyList<BackendStatus> Check() => [.. Rungs.Select(static rung => rung.Check())];
}
