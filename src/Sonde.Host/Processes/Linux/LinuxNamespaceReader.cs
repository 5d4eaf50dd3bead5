using System.Runtime.Versioning;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Linux;

/// <summary>The eight links of /proc/PID/ns; processes with the same ones share an object.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxNamespaceReader(ProcFiles files)
{
    private const int MaxCached = 4096;
    private readonly Dictionary<ProcessNamespaces, ProcessNamespaces> _known = [];
    private ProcessNamespaces? _last;

    internal Reading<ProcessNamespaces> Read()
    {
        var namespaces = new ProcessNamespaces(
            Link("ns/cgroup"u8), Link("ns/ipc"u8), Link("ns/mnt"u8), Link("ns/net"u8), Link("ns/pid"u8), Link("ns/time"u8), Link("ns/user"u8), Link("ns/uts"u8));
        if (namespaces.User.Status is ReadingStatus.Denied or ReadingStatus.Gone)
        {
            return new Reading<ProcessNamespaces>(namespaces.User.Status, default, namespaces.User.Reason);
        }

        return Share(namespaces);
    }

    /// <summary>The one object for these.</summary>
    internal ProcessNamespaces Share(ProcessNamespaces namespaces)
    {
        if (namespaces == _last)
        {
            return _last;
        }

        if (!_known.TryGetValue(namespaces, out ProcessNamespaces? known))
        {
            if (_known.Count >= MaxCached)
            {
                _known.Clear();
            }

            _known.Add(namespaces, namespaces);
            known = namespaces;
        }

        _last = known;
        return known;
    }

    private Reading<uint> Link(ReadOnlySpan<byte> name)
    {
        int length = files.ReadLink(name, out ReadOnlySpan<byte> target);
        if (length < 0)
        {
            // A zombie has left its namespaces: ENOENT. So has one that ended; a kernel without this kind answers so for all.
            ReadingStatus why = LinuxReasons.ToStatus(length, isOffered: false);
            return new Reading<uint>(why, default, why == ReadingStatus.Unsupported ? "it has ended, or this kernel has no such namespace" : LinuxReasons.Of(why));
        }

        return NamespaceLink.TryParse(target, out uint inode) ? inode : Reading.Failed<uint>("the link names no namespace");
    }
}
