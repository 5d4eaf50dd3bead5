using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Testing;

/// <summary>Runs code on a thread of its own to which the kernel refuses one system call; the rest of the process is not touched.</summary>
/// <remarks>seccomp(2): what a kernel would answer that is broken in one place only.</remarks>
[SupportedOSPlatform("linux")]
public static partial class RefusingThread
{
    private const int SetNoNewPrivileges = 38;
    private const int SetSeccomp = 22;
    private const int FilterMode = 2;

    /// <summary>writev(2).</summary>
    public static int WriteV { get; } = System.Runtime.Intrinsics.X86.X86Base.X64.IsSupported ? 20 : 66;

    /// <summary>Runs <paramref name="action"/> where <paramref name="call"/> (by number) fails with <paramref name="errno"/>, and waits for its end.</summary>
    public static void Run(int call, int errno, Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Refuse(call, errno);
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

    private static unsafe void Refuse(int call, int errno)
    {
        // struct sock_filter: code, jump if true, jump if false, constant.
        ulong* program = stackalloc ulong[]
        {
            Instruction(0x20, 0, 0, 0), // the number of the call
            Instruction(0x15, 0, 1, (uint)call),
            Instruction(0x06, 0, 0, 0x0005_0000u | (uint)errno), // SECCOMP_RET_ERRNO
            Instruction(0x06, 0, 0, 0x7FFF_0000u), // SECCOMP_RET_ALLOW
        };

        // struct sock_fprog: a short, padding, a pointer.
        nint* all = stackalloc nint[] { 4, (nint)program };
        Check(prctl(SetNoNewPrivileges, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
        Check(prctl(SetSeccomp, FilterMode, (nint)all, 0, 0), "prctl(PR_SET_SECCOMP)");
    }

    private static ulong Instruction(ushort code, byte whenTrue, byte whenFalse, uint constant) =>
        code | ((ulong)whenTrue << 16) | ((ulong)whenFalse << 24) | ((ulong)constant << 32);

    private static void Check(int result, string operation)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"{operation}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint second, nint third, nint fourth, nint fifth);
}
