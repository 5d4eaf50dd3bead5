using System.Buffers.Text;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>How many processors the kernel keeps per-processor values for: all that could ever be plugged in, not those that run.</summary>
[SupportedOSPlatform("linux")]
internal static class PossibleCpus
{
    private const string File = "/sys/devices/system/cpu/possible";
    private const int MaxCpus = 8192; // the largest NR_CPUS that a kernel can be built for

    internal static int Count { get; } = Read();

    /// <summary>Reads "0-7" or "0,2-5": what counts is the highest number, for the kernel numbers values by it.</summary>
    /// <returns>0 when the text is none of that shape.</returns>
    internal static int Parse(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> last = text.TrimEnd("\n "u8);
        int separator = last.LastIndexOfAny((byte)',', (byte)'-');
        last = last[(separator + 1)..];
        return Utf8Parser.TryParse(last, out int highest, out int consumed) && consumed == last.Length && highest is >= 0 and < MaxCpus
            ? highest + 1
            : 0;
    }

    private static int Read()
    {
        int count = Parse(LibC.ReadFile(File, 4096, out _));
        return count > 0 ? count : throw new NativeException($"read({File})", new NativeError(NativeErrorDomain.Errno, Unix.LibC.EINVAL));
    }
}
