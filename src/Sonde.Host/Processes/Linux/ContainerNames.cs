using System.Buffers;

namespace Sonde.Host.Processes.Linux;

/// <summary>Knows by which names container runtimes call the control groups of their containers.</summary>
internal static class ContainerNames
{
    private const int IdLength = 64;
    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdef");

    // "docker-<id>.scope", under systemd.
    private static readonly (string Prefix, string Runtime)[] s_scopes =
    [
        ("docker-", "docker"), ("cri-containerd-", "containerd"), ("crio-", "cri-o"), ("libpod-", "podman"), ("nerdctl-", "nerdctl"), ("buildah-", "buildah"),
    ];

    // "/docker/<id>", under cgroupfs; and "slice:cri-containerd:<id>".
    private static readonly (string Parent, string Runtime)[] s_parents =
    [
        ("docker", "docker"), ("libpod_parent", "podman"), ("cri-containerd", "containerd"), ("crio", "cri-o"), ("nerdctl", "nerdctl"), ("actions_job", "docker"),
    ];

    /// <summary>The containers on a path, outermost first, each with those around it.</summary>
    internal static IReadOnlyList<ProcessContainer> Find(ReadOnlySpan<string> segments)
    {
        List<ProcessContainer>? found = null;
        for (int at = 0; at < segments.Length; at++)
        {
            if (FindAt(segments, at) is { } name && (found is null || found[^1].Id != name.Id))
            {
                ProcessContainer[] outer = found is null ? [] : [.. found];
                (found ??= []).Add(new ProcessContainer(name.Runtime, name.Id, outer));
            }
        }

        return found ?? (IReadOnlyList<ProcessContainer>)[];
    }

    internal static bool IsId(ReadOnlySpan<char> text) => text.Length == IdLength && IsHexadecimal(text);

    internal static bool IsHexadecimal(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_hexadecimal);

    private static (string Runtime, string Id)? FindAt(ReadOnlySpan<string> segments, int at)
    {
        string segment = segments[at];
        string? parent = at > 0 ? segments[at - 1] : null;
        return OfScope(segment) ?? OfColons(segment) ?? OfMachine(segment) ?? OfLxc(segment, parent) ?? OfParent(segments, at);
    }

    private static (string Runtime, string Id)? OfScope(string segment)
    {
        ReadOnlySpan<char> name = segment.EndsWith(".scope", StringComparison.Ordinal) ? segment.AsSpan(0, segment.Length - ".scope".Length) : segment;
        foreach ((string prefix, string runtime) in s_scopes)
        {
            // What follows must be an id: so "libpod-conmon-<id>", the monitor outside of the container, is none.
            if (name.StartsWith(prefix) && IsId(name[prefix.Length..]))
            {
                return (runtime, name[prefix.Length..].ToString());
            }
        }

        return null;
    }

    private static (string Runtime, string Id)? OfColons(string segment)
    {
        int last = segment.LastIndexOf(':');
        if (last < 0 || !IsId(segment.AsSpan(last + 1)))
        {
            return null;
        }

        ReadOnlySpan<char> before = segment.AsSpan(0, last);
        ReadOnlySpan<char> name = before[(before.LastIndexOf(':') + 1)..];
        foreach ((string parent, string runtime) in s_parents)
        {
            if (name.SequenceEqual(parent))
            {
                return (runtime, segment[(last + 1)..]);
            }
        }

        return null;
    }

    private static (string Runtime, string Id)? OfMachine(string segment)
    {
        if (!segment.StartsWith("machine-", StringComparison.Ordinal) || !segment.EndsWith(".scope", StringComparison.Ordinal))
        {
            return null;
        }

        string name = CgroupParser.Unescape(segment["machine-".Length..^".scope".Length]);

        // Machines of libvirt: the process is the emulator, which runs on this host; only its LXC driver makes containers.
        return name.StartsWith("qemu-", StringComparison.Ordinal) || name.Length == 0 ? null
            : name.StartsWith("lxc-", StringComparison.Ordinal) ? ("libvirt-lxc", name)
            : ("nspawn", name);
    }

    private static (string Runtime, string Id)? OfLxc(string segment, string? parent)
    {
        const string Payload = "lxc.payload.";
        return segment.StartsWith(Payload, StringComparison.Ordinal) && segment.Length > Payload.Length ? ("lxc", segment[Payload.Length..])
            : parent is "lxc" or "lxc.payload" && !segment.StartsWith('.') ? ("lxc", segment)
            : null;
    }

    private static (string Runtime, string Id)? OfParent(ReadOnlySpan<string> segments, int at)
    {
        string segment = segments[at];
        if (at > 1 && segments[at - 2] == "ecs" && segment.Length >= 32)
        {
            return ("ecs", segment);
        }

        if (at > 0 && segments[at - 1] == "garden")
        {
            return ("garden", segment);
        }

        if (!IsId(segment))
        {
            return null;
        }

        if (at > 0)
        {
            foreach ((string parent, string runtime) in s_parents)
            {
                if (segments[at - 1] == parent || segments[at - 1].StartsWith(parent + "-", StringComparison.Ordinal))
                {
                    return (runtime, segment);
                }
            }

            if (PodNames.Find(segments[..at]) is not null)
            {
                return ("kubernetes", segment);
            }
        }

        // Sixty-four digits are a container's id; shorter ones are the ids of many other things.
        return ("unknown", segment);
    }
}
