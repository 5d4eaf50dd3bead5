using Sonde.Host;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources.Linux;
using Sonde.Traffic.Sources.MacOS;
using Sonde.Traffic.Sources.Windows;

namespace Sonde.Traffic.Sources;

/// <summary>The sources of one system, best first, chosen by trying; and what else of it the monitor needs.</summary>
internal abstract class TrafficLadder
{
    internal const string Part = "traffic";

    private protected TrafficLadder()
    {
    }

    /// <summary>The rungs, best first.</summary>
    internal abstract IReadOnlyList<TrafficRung> Rungs { get; }

    /// <summary>The ladder of this system.</summary>
    internal static TrafficLadder Create() =>
        OperatingSystem.IsLinux() ? new LinuxTrafficLadder()
        : OperatingSystem.IsMacOS() ? new MacOSTrafficLadder()
        : OperatingSystem.IsWindows() ? new WindowsTrafficLadder()
        : throw new PlatformNotSupportedException("Traffic is watched on Linux, macOS and Windows.");

    /// <summary>Opens the table of sockets; null where the system has none for us.</summary>
    internal static SocketWatch? OpenSockets(TrafficOptions options, bool otherNamespaces = true)
    {
        try
        {
            return SocketWatch.Open(options, otherNamespaces);
        }
        catch (Exception refused) when (refused is HostException or PlatformNotSupportedException)
        {
            return null; // the rungs that need it say so
        }
    }

    /// <summary>Opens the best source that works, or the one that the options name.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="sockets">The table of sockets; null where there is none.</param>
    /// <param name="tried">Every rung that was tried.</param>
    /// <exception cref="HostException">None works; the reason is that of the one asked for, or of the best.</exception>
    internal TrafficSource Open(TrafficOptions options, SocketWatch? sockets, out IReadOnlyList<BackendStatus> tried)
    {
        var found = new List<BackendStatus>();
        tried = found;
        foreach (TrafficRung rung in Rungs)
        {
            if (options.Backend != TrafficBackend.Automatic && options.Backend != rung.Backend)
            {
                continue;
            }

            TrafficSource? source = rung.TryOpen(options, sockets, out BackendStatus status);
            found.Add(status);
            if (source is not null)
            {
                return source;
            }
        }

        throw found.Count == 0
            ? new HostException(HostFailure.Unavailable, options.Backend.ToString(), null, 0, "this way to count traffic does not exist on this system")
            : new HostException(
                found[0].State == BackendState.Denied ? HostFailure.AccessDenied : HostFailure.Unavailable,
                found[0].Operation,
                null,
                found[0].NativeError,
                found[0].Reason ?? string.Empty);
    }

    /// <summary>Tries every rung, and closes it again.</summary>
    internal IReadOnlyList<BackendStatus> Check()
    {
        var found = new List<BackendStatus>();
        var options = new TrafficOptions();
        using SocketWatch? sockets = OpenSockets(options);
        foreach (TrafficRung rung in Rungs)
        {
            using TrafficSource? source = rung.TryOpen(options, sockets, out BackendStatus status);
            found.Add(status);
        }

        return found;
    }
}
