using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Testing;

/// <summary>Runs code on a thread that has given up root and all capabilities but those named; the rest of the process keeps what it has.</summary>
/// <remarks>Linux keeps credentials for each thread; the C library's own setuid would change them all, so the system calls are made directly.</remarks>
[SupportedOSPlatform("linux")]
public static partial class LesserThread
{
    private const int Nobody = 65534;
    private const int KeepCapabilities = 8; // PR_SET_KEEPCAPS
    private const uint Version3 = 0x20080522;

    /// <summary>Why this process cannot make such a thread, or null.</summary>
    public static string? WhyNot() => geteuid() == 0 ? null : "needs root to give it up";

    /// <summary>Runs <paramref name="action"/> as nobody, with <paramref name="capabilities"/> (by number), and waits for its end.</summary>
    public static void Run(ReadOnlySpan<int> capabilities, Action action)
    {
        ulong kept = 0;
        foreach (int capability in capabilities)
        {
            kept |= 1UL << capability;
        }

        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                GiveUp(kept);
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e); // thrown again in the caller's thread
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint argument1, nint argument2, nint argument3);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint syscall(nint number, uint* header, uint* data);

    private static unsafe void GiveUp(ulong kept)
    {
        bool x64 = System.Runtime.Intrinsics.X86.X86Base.X64.IsSupported;
        Check(syscall(x64 ? 157 : 167, KeepCapabilities, 1, 0), "prctl");
        Check(syscall(x64 ? 117 : 147, Nobody, Nobody, Nobody), "setresuid");
        uint* header = stackalloc uint[] { Version3, 0 };

        // Effective, permitted, inheritable: the low halves, then the high ones.
        uint* data = stackalloc uint[] { (uint)kept, (uint)kept, 0, (uint)(kept >> 32), (uint)(kept >> 32), 0 };
        Check(syscall(x64 ? 126 : 91, header, data), "capset");
    }

    private static void Check(nint result, string call)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
