using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>The folder with the network files of /proc, and the bounds under which they are read.</summary>
/// <param name="Folder">Where dev, if_inet6, route and ipv6_route lie.</param>
/// <param name="NamespaceLink">A link that names the network namespace they speak of, or null where there is none.</param>
[SupportedOSPlatform("linux")]
internal sealed record ProcNetFiles(string Folder, string? NamespaceLink)
{
    // Two hundred thousand lines: a full table of IPv6 routes. What is behind them is reported as a gap.
    private const int MaxFileBytes = 32 * 1024 * 1024;

    /// <summary>The best folder of this system.</summary>
    /// <remarks>
    /// /proc/net is a link to /proc/self/net, which shows the namespace of the process's first thread; a thread may have another, and its sockets
    /// with it. thread-self is there since Linux 3.17 and missing from some emulated kernels.
    /// </remarks>
    internal static ProcNetFiles Find(string proc = "/proc")
    {
        foreach (string task in (ReadOnlySpan<string>)["thread-self", "self"])
        {
            string folder = Path.Combine(proc, task, "net");
            if (Directory.Exists(folder))
            {
                return new ProcNetFiles(folder, Path.Combine(proc, task, "ns", "net"));
            }
        }

        return new ProcNetFiles(Path.Combine(proc, "net"), null);
    }

    /// <summary>Which network namespace the calling thread sees in the folder; null when the system does not tell.</summary>
    internal string? ReadNamespace() => NamespaceLink is null ? null : new FileInfo(NamespaceLink).LinkTarget;

    /// <summary>Reads a file of the folder; what it leaves out is a gap.</summary>
    /// <exception cref="HostException">The system refused.</exception>
    internal byte[] Read(string name, List<Gap> gaps)
    {
        string path = Path.Combine(Folder, name);
        try
        {
            byte[] text = LibC.ReadFile(path, MaxFileBytes, out bool truncated);
            if (truncated)
            {
                gaps.Add(new Gap(path, ReadingStatus.Failed, $"only its first {MaxFileBytes >> 20} MiB were read"));
            }

            return text;
        }
        catch (NativeException refused)
        {
            throw new HostException(
                HostException.Classify(refused.Error), $"{refused.Operation}({path})", target: null, refused.Error.Code, refused.Error.ToString(), refused);
        }
    }
}
