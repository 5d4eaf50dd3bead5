using System.Globalization;
using System.Text;
using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Linux;

/// <summary>Reads /proc/PID/cgroup: a line a hierarchy, of which hybrid hosts have several (cgroups(7)).</summary>
internal static class CgroupParser
{
    // Deeper hierarchies exist only to be counted.
    private const int MaxSegments = 64;

    /// <summary>Finds out where a process belongs; never throws.</summary>
    internal static CgroupFacts Parse(ReadOnlySpan<byte> text)
    {
        string? path = null;
        int rank = -1;
        IReadOnlyList<ProcessContainer> containers = [];
        KubernetesPod? pod = null;
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            int first = line.IndexOf((byte)':');
            int second = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)':');
            if (second < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> controllers = line.Slice(first + 1, second);
            string here = SystemText.Of(line[(first + second + 2)..]);
            int rankHere = RankOf(controllers, here);
            if (rankHere > rank)
            {
                path = here;
                rank = rankHere;
            }

            string[] segments = SegmentsOf(here);
            IReadOnlyList<ProcessContainer> found = ContainerNames.Find(segments);
            containers = found.Count > containers.Count ? found : containers;
            pod ??= PodNames.Find(segments);
        }

        if (path is null)
        {
            return CgroupFacts.Absent(ReadingStatus.None, "it is in no control group");
        }

        return Describe(path, containers, pod);
    }

    /// <summary>systemd writes characters that a unit's name may not have as \xNN (systemd.unit(5)).</summary>
    internal static string Unescape(string name)
    {
        if (!name.Contains(@"\x", StringComparison.Ordinal))
        {
            return name;
        }

        var bytes = new List<byte>(name.Length);
        byte[] source = Encoding.UTF8.GetBytes(name);
        for (int at = 0; at < source.Length; at++)
        {
            if (source[at] == '\\'
                && at + 3 < source.Length
                && source[at + 1] == 'x'
                && byte.TryParse(source.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                bytes.Add(value);
                at += 3;
            }
            else
            {
                bytes.Add(source[at]);
            }
        }

        return SystemText.Of(bytes.ToArray());
    }

    private static CgroupFacts Describe(string path, IReadOnlyList<ProcessContainer> containers, KubernetesPod? pod)
    {
        string[] segments = SegmentsOf(path);
        Reading<ProcessUnit> unit = UnitNames.Find(segments) is { } found ? found : Reading.None<ProcessUnit>("its control group is none of systemd's");
        return new CgroupFacts(
            new ProcessCgroup(path, path.StartsWith("/..", StringComparison.Ordinal)),
            containers.Count > 0 ? containers[^1] : Reading.None<ProcessContainer>("its control group is none of a container"),
            pod ?? Reading.None<KubernetesPod>("its control group is none of a pod"),
            unit,
            UnitNames.FindPackage(segments) is { } package ? package : Reading.None<ProcessPackage>("its control group is none of a snap or flatpak"),
            ServicesOf(unit));
    }

    private static Reading<IReadOnlyList<string>> ServicesOf(Reading<ProcessUnit> unit)
    {
        if (!unit.TryGetValue(out ProcessUnit? value))
        {
            return Reading.None<IReadOnlyList<string>>(unit.Reason);
        }

        string[] services = [.. new[] { value.Name, value.UserUnit }.Where(static one => one.HasValue && one.Value.EndsWith(".service", StringComparison.Ordinal)).Select(static one => one.Value)];
        return services.Length > 0 ? services : Reading.None<IReadOnlyList<string>>("it belongs to no service");
    }

    // The unified hierarchy says most, unless it is empty beside an older one; then systemd's own; then whichever goes deepest.
    private static int RankOf(ReadOnlySpan<byte> controllers, string path)
    {
        int depth = Math.Min(path.AsSpan().Count('/'), 100);
        return path == "/" ? 0
            : controllers.IsEmpty ? 1000 + depth
            : controllers.SequenceEqual("name=systemd"u8) ? 500 + depth
            : depth;
    }

    private static string[] SegmentsOf(string path)
    {
        string[] all = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return all.Length <= MaxSegments ? all : all[^MaxSegments..];
    }
}
