using System.Runtime.Versioning;
using Sonde.Host;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>The first rung: the socket plane.</summary>
[SupportedOSPlatform("linux")]
internal sealed class BpfTrafficRung(string mountInfoPath = "/proc/self/mountinfo") : TrafficRung
{
    private const string Name = "bpf";
    private const string Provides = "bytes and packets of every socket of the host, and who uses it, however shortly";
    private const int MostMountInfo = 4 * 1024 * 1024;

    internal override TrafficBackend Backend => TrafficBackend.Bpf;

    internal override TrafficSource? TryOpen(TrafficOptions options, out BackendStatus status)
    {
        try
        {
            if (!CgroupMount.TryFind(LibC.ReadFile(mountInfoPath, MostMountInfo, out _), out CgroupMount mount))
            {
                status = new BackendStatus(TrafficLadder.Part, Name, BackendState.Unavailable, Provides, "mount(cgroup2)", "no unified hierarchy of control groups (version 2) is mounted");
                return null;
            }

            var source = BpfTrafficSource.Open(options, mount);
            status = new BackendStatus(TrafficLadder.Part, Name, BackendState.Available, Provides, $"bpf(BPF_LINK_CREATE) on {mount.Path}", Missing(source, mount));
            return source;
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
