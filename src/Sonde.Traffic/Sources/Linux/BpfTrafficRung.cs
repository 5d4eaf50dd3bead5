using System.Runtime.Versioning;
using Sonde.Host;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Linux.Bpf;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>The first rung: the socket plane.</summary>
/// <param name="open">Loads and attaches the programs.</param>
[SupportedOSPlatform("linux")]
internal sealed class BpfTrafficRung(Func<TrafficOptions, CgroupMount, BpfTrafficSource> open) : TrafficRung
{
    private const string MountInfo = "/proc/self/mountinfo";
    private const string Name = "bpf";
    private const string Provides = "bytes and packets of every socket of the host, and who uses it, however shortly";
    private const int MostMountInfo = 4 * 1024 * 1024;

    internal override TrafficBackend Backend => TrafficBackend.Bpf;

    internal override TrafficSource? TryOpen(TrafficOptions options, SocketWatch? sockets, out BackendStatus status)
    {
        try
        {
            if (!CgroupMount.TryFind(LibC.ReadFile(MountInfo, MostMountInfo, out _), out CgroupMount mount))
            {
                status = new BackendStatus(TrafficLadder.Part, Name, BackendState.Unavailable, Provides, "mount(cgroup2)", "no unified hierarchy of control groups (version 2) is mounted");
                return null;
            }

            BpfTrafficSource source = open(options, mount);
            status = new BackendStatus(TrafficLadder.Part, Name, BackendState.Available, Provides, $"bpf(BPF_LINK_CREATE) on {mount.Path}", Missing(source, mount));
            return source;
        }
        catch (BpfRejectedException refused) when (refused.Log is not null)
        {
            // Its error is mostly EACCES, and yet no right would help: the verifier's words are what helps.
            status = new BackendStatus(TrafficLadder.Part, Name, BackendState.Unavailable, Provides, refused.Operation, HostException.From(refused).Reason, refused.Error.Code);
            return null;
        }
        catch (NativeException refused)
        {
            status = BackendStatus.From(TrafficLadder.Part, Name, Provides, HostException.From(refused), "CAP_BPF", "CAP_NET_ADMIN", "CAP_PERFMON");
            return null;
        }
    }

    private static string? Missing(BpfTrafficSource source, CgroupMount mount)
    {
        List<string> missing = [.. source.Missing];
        if (!mount.IsWhole)
        {
            missing.Add($"sockets outside of the control group {mount.Root}, in which this process is confined");
        }

        return missing.Count > 0 ? "without " + string.Join("; ", missing) : null;
    }
}
