using System.Text;

namespace Sonde.Host.Processes.Linux;

/// <summary>How a proc file system is mounted, as far as it decides what is visible.</summary>
/// <param name="HidePid">The option's value: "0", "off" when it is not there; "2" and "invisible" are the same.</param>
internal readonly record struct ProcMount(string HidePid)
{
    /// <summary>Whether processes of others are kept from being listed or read.</summary>
    internal bool HidesProcesses => HidePid is not ("0" or "off");

    /// <summary>Finds the proc file system at <paramref name="mountPoint"/> in a mountinfo text (proc_pid_mountinfo(5)); a later mount covers an earlier one.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> mountInfo, string mountPoint, out ProcMount mount)
    {
        mount = default;
        byte[] wanted = Encoding.UTF8.GetBytes(mountPoint);
        bool isFound = false;
        foreach (Range range in mountInfo.Split((byte)'\n'))
        {
            // "36 35 98:0 /root /mount/point options… - type source super-options"
            ReadOnlySpan<byte> line = mountInfo[range];
            int separator = line.IndexOf(" - "u8);
            if (separator < 0 || !FieldOf(line[..separator], 4).SequenceEqual(wanted))
            {
                continue;
            }

            ReadOnlySpan<byte> after = line[(separator + 3)..];
            isFound = FieldOf(after, 0).SequenceEqual("proc"u8);
            mount = new ProcMount(HidePidOf(FieldOf(after, 2)));
        }

        return isFound;
    }

    private static string HidePidOf(ReadOnlySpan<byte> options)
    {
        ReadOnlySpan<byte> key = "hidepid="u8;
        foreach (Range range in options.Split((byte)','))
        {
            if (options[range].StartsWith(key))
            {
                return Encoding.UTF8.GetString(options[range][key.Length..]);
            }
        }

        return "off";
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
