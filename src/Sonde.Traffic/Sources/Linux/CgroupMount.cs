using System.Text;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Where the unified hierarchy of control groups (version 2) is mounted.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Root">Which group that is: "/" for the whole hierarchy, as far as this process may know.</param>
internal readonly record struct CgroupMount(string Path, string Root)
{
    /// <summary>Whether everything on this host is below it.</summary>
    internal bool IsWhole => Root == "/";

    /// <summary>Finds it in a mountinfo text (proc_pid_mountinfo(5)): of several mounts the one that shows most.</summary>
    /// <remarks>Hybrid hosts, which run version 1 beside it, have it at /sys/fs/cgroup/unified; others at /sys/fs/cgroup, or anywhere.</remarks>
    internal static bool TryFind(ReadOnlySpan<byte> mountInfo, out CgroupMount mount)
    {
        mount = default;
        bool isFound = false;
        foreach (Range range in mountInfo.Split((byte)'\n'))
        {
            // "36 35 0:30 /root /mount/point options… - type source super-options"
            ReadOnlySpan<byte> line = mountInfo[range];
            int separator = line.IndexOf(" - "u8);
            if (separator < 0 || !FieldOf(line[(separator + 3)..], 0).SequenceEqual("cgroup2"u8))
            {
                continue;
            }

            var found = new CgroupMount(Unescape(FieldOf(line[..separator], 4)), Unescape(FieldOf(line[..separator], 3)));
            if (found.Path.Length > 0 && (!isFound || found.Root.Length < mount.Root.Length))
            {
                mount = found;
                isFound = true;
            }
        }

        return isFound;
    }

    // Space, tab, line end and backslash stand as octal numbers.
    private static string Unescape(ReadOnlySpan<byte> field)
    {
        byte[] bytes = new byte[field.Length];
        int length = 0;
        for (int at = 0; at < field.Length; at++)
        {
            bool isEscape = field[at] == '\\' && at + 3 < field.Length;
            bytes[length++] = isEscape ? (byte)(((field[at + 1] - '0') << 6) | ((field[at + 2] - '0') << 3) | (field[at + 3] - '0')) : field[at];
            at += isEscape ? 3 : 0;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static ReadOnlySpan<byte> FieldOf(ReadOnlySpan<byte> line, int index)
    {
        foreach (Range range in line.Split((byte)' '))
        {
            if (index-- == 0)
            {
                return line[range];
            }
        }

        return default;
    }
}
