using System.Globalization;

namespace Sonde.Host.Systems.Linux;

/// <summary>Makes sense of the files by which Linux describes a host. Never throws; runs on every system.</summary>
internal static class HostTexts
{
    /// <summary>A value of os-release(5): KEY=value, in quotes or not.</summary>
    internal static Reading<string> OsRelease(string text, string key)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == '=')
            {
                string value = Unquote(line[(key.Length + 1)..].Trim());
                return value.Length > 0 ? value : Reading.None<string>($"os-release leaves {key} empty");
            }
        }

        return Reading.None<string>($"os-release has no {key}");
    }

    /// <summary>A value of /proc/cpuinfo, of the first processor.</summary>
    internal static Reading<string> CpuInfo(string text, string key)
    {
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[..colon].Trim() == key)
            {
                string value = line[(colon + 1)..].Trim();
                return value.Length > 0 ? value : Reading.None<string>("the kernel knows no name");
            }
        }

        return Reading.None<string>($"the kernel tells no {key}");
    }

    /// <summary>A value of /proc/meminfo, in bytes.</summary>
    internal static Reading<long> MemInfo(string text, string key)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == ':')
            {
                string[] words = line[(key.Length + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return words.Length > 0 && long.TryParse(words[0], CultureInfo.InvariantCulture, out long number) && number >= 0 && number <= long.MaxValue / 1024
                    ? number * 1024
                    : Reading.Failed<long>($"{key} is no number");
            }
        }

        return Reading.Unsupported<long>($"this kernel tells no {key}");
    }

    /// <summary>How many processors a list such as "0-3,8" holds.</summary>
    internal static Reading<int> CountOf(string list)
    {
        long count = 0;
        foreach (string range in list.Split(','))
        {
            string[] ends = range.Split('-');
            if (!uint.TryParse(ends[0], CultureInfo.InvariantCulture, out uint first) || !uint.TryParse(ends[^1], CultureInfo.InvariantCulture, out uint last) || last < first)
            {
                return Reading.Failed<int>($"'{list}' is no list of processors");
            }

            count += last - first + 1L;
        }

        return count <= int.MaxValue ? (int)count : Reading.Failed<int>($"'{list}' is no list of processors");
    }

    /// <summary>The choice in square brackets: "none [integrity] confidentiality".</summary>
    internal static Reading<string> Chosen(string choices)
    {
        int begin = choices.IndexOf('[', StringComparison.Ordinal);
        int end = choices.IndexOf(']', StringComparison.Ordinal);
        return begin >= 0 && end > begin + 1 ? choices[(begin + 1)..end] : Reading.Failed<string>($"'{choices}' names no choice");
    }

    /// <summary>An EFI variable that is yes or no: four bytes of attributes, then the value.</summary>
    internal static Reading<bool> EfiFlag(ReadOnlySpan<byte> variable) =>
        variable.Length == 5 ? variable[4] == 1 : Reading.Failed<bool>("the variable of the firmware is no flag");

    /// <summary>Who may look into processes (Documentation/admin-guide/LSM/Yama.rst).</summary>
    internal static Reading<string> PtraceScope(string number) => number switch
    {
        "0" => "own",
        "1" => "descendants",
        "2" => "administrators",
        "3" => "nobody",
        _ => Reading.Failed<string>($"'{number}' is not known"),
    };

    /// <summary>Busy and all ticks of the first line of /proc/stat. Guests' time is in user time already.</summary>
    internal static bool TryTicks(string text, out double busy, out double all)
    {
        busy = all = 0;
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        string[] words = (end < 0 ? text : text[..end]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 5 || words[0] != "cpu")
        {
            return false;
        }

        for (int i = 1; i < Math.Min(words.Length, 9); i++)
        {
            if (!ulong.TryParse(words[i], CultureInfo.InvariantCulture, out ulong ticks))
            {
                return false;
            }

            all += ticks;
            busy += i is 4 or 5 ? 0 : ticks; // idle, and waiting for disks
        }

        return true;
    }

    /// <summary>A number that stands behind its name on a line of its own: "ctxt 123".</summary>
    internal static Reading<long> Line(string text, string key)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == ' ')
            {
                return long.TryParse(line[(key.Length + 1)..], CultureInfo.InvariantCulture, out long number) ? number : Reading.Failed<long>($"{key} is no number");
            }
        }

        return Reading.Unsupported<long>($"this kernel tells no {key}");
    }

    /// <summary>Bytes read and written by the disks of /proc/diskstats for which <paramref name="isDisk"/> says yes.</summary>
    internal static (double Read, double Written) DiskBytes(string text, Func<string, bool> isDisk)
    {
        const int Sector = 512; // whatever the disk's own is
        double read = 0;
        double written = 0;
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 10 && isDisk(words[2])
                && ulong.TryParse(words[5], CultureInfo.InvariantCulture, out ulong sectorsRead) && ulong.TryParse(words[9], CultureInfo.InvariantCulture, out ulong sectorsWritten))
            {
                read += (double)sectorsRead * Sector;
                written += (double)sectorsWritten * Sector;
            }
        }

        return (read, written);
    }

    private static string Unquote(string value) =>
        value.Length >= 2 && value[0] == value[^1] && value[0] is '"' or '\''
            ? value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\$", "$", StringComparison.Ordinal).Replace("\\`", "`", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal)
            : value;
}
