using System.Buffers.Text;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>How far this process's time since boot is ahead of the kernel's own, in which programs count: not at all, but in a time namespace.</summary>
[SupportedOSPlatform("linux")]
internal static class BootClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int MostBytes = 4096;

    /// <summary>The offset in nanoseconds; 0 on kernels without time namespaces (before 5.6).</summary>
    internal static long Offset()
    {
        try
        {
            return Parse(LibC.ReadFile("/proc/self/timens_offsets", MostBytes, out _));
        }
        catch (NativeException)
        {
            return 0; // the file came with time namespaces
        }
    }

    /// <summary>Reads time_namespaces(7): "boottime  SECONDS  NANOSECONDS" is one of the lines.</summary>
    internal static long Parse(ReadOnlySpan<byte> offsets)
    {
        foreach (Range range in offsets.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = offsets[range].Trim((byte)' ');
            if (line.StartsWith("boottime"u8))
            {
                line = line["boottime"u8.Length..].Trim((byte)' ');
                return Utf8Parser.TryParse(line, out long seconds, out int read) && Utf8Parser.TryParse(line[read..].Trim((byte)' '), out long nanoseconds, out _)
                    ? unchecked((seconds * NanosecondsPerSecond) + nanoseconds)
                    : 0;
            }
        }

        return 0;
    }
}
