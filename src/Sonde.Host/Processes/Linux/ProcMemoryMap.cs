namespace Sonde.Host.Processes.Linux;

/// <summary>/proc/PID/smaps_rollup: "Pss:   123 kB" and its like (proc_pid_smaps(5)).</summary>
internal static class ProcMemoryMap
{
    internal static Reading<ProcessMemoryMap> Parse(ReadOnlySpan<byte> text)
    {
        Reading<long> proportional = Line(text, "Pss:"u8);
        Reading<long> clean = Line(text, "Private_Clean:"u8);
        Reading<long> dirty = Line(text, "Private_Dirty:"u8);
        return new ProcessMemoryMap(
            proportional,
            clean.HasValue && dirty.HasValue ? clean.Value + dirty.Value : Reading.Unsupported<long>(LinuxReasons.NotTold),
            Line(text, "SwapPss:"u8));
    }

    private static Reading<long> Line(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        while (text.IndexOf((byte)'\n') is >= 0 and var end)
        {
            ReadOnlySpan<byte> line = text[..end];
            if (line.StartsWith(key) && new ProcNumbers(line[key.Length..].TrimStart((byte)' ')).TryUInt64(out ulong kilobytes) && kilobytes <= long.MaxValue / 4096)
            {
                return (long)kilobytes * 1024;
            }

            text = text[(end + 1)..];
        }

        return Reading.Unsupported<long>(LinuxReasons.NotTold);
    }
}
