using System.Buffers.Binary;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux;

/// <summary>One system call, to be made by every thread.</summary>
internal readonly record struct ThreadCall(long Number, long Argument1, long Argument2, long Argument3, long Argument4, long Argument5);

/// <summary>Makes every thread of this process perform the same system calls.</summary>
/// <remarks>
/// The kernel keeps capabilities and no_new_privs per thread, and a managed process has threads from its first moment (finalizer, signal
/// handling, tiered compilation). glibc does this broadcast for setuid only. So a real-time signal is sent to each thread, and its handler is
/// a few bytes of machine code written here: no managed code may run there, for the thread may be inside the runtime or unknown to it.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static unsafe class AllThreads
{
    private const nint PageSize = 65536; // the largest page that arm64 uses; larger than every program written here
    private static readonly Lock s_lock = new();
    private static int s_signal;

    /// <summary>Whether this processor's machine code can be written here.</summary>
    internal static bool IsSupported => Architecture.IsX64 || Architecture.IsArm64;

    /// <summary>The number of tgkill(2), which differs between processors like all system call numbers.</summary>
    internal static (long Capset, long Prctl, long Tgkill) Numbers => Architecture.IsX64 ? (126, 157, 234) : (91, 167, 131);

    /// <summary>Runs <paramref name="calls"/> on this thread at once and on each of <paramref name="threads"/> as soon as its signal is delivered.</summary>
    /// <remarks>The results of the calls are not gathered: the caller checks their effect in /proc/self/task and calls again for what is missing.</remarks>
    /// <param name="calls">What to run. Pointers among the arguments must stay valid for the life of the process.</param>
    /// <param name="threads">Thread ids besides the calling one; those that ended meanwhile are passed over.</param>
    /// <exception cref="NativeException">The system refused executable memory or a signal.</exception>
    internal static void Run(ReadOnlySpan<ThreadCall> calls, IEnumerable<int> threads)
    {
        lock (s_lock)
        {
            nint code = Load(calls);
            int signal = Install(code);

            // SAFETY: the page holds a complete function without arguments that keeps to the calling convention (see Write).
            ((delegate* unmanaged<void>)code)();

            foreach (int thread in threads)
            {
                if (LibC.syscall((nint)Numbers.Tgkill, LibC.getpid(), thread, signal) != 0)
                {
                    NativeError error = NativeError.LastErrno();
                    if (error.Code != 3)
                    {
                        // ESRCH (3) is a thread that ended.
                        throw new NativeException("tgkill", error);
                    }
                }
            }
        }
    }

    /// <summary>The machine code of a function that makes the calls one after another and returns.</summary>
    internal static byte[] Write(ReadOnlySpan<ThreadCall> calls, bool x64)
    {
        var code = new List<byte>();
        foreach (ThreadCall call in calls)
        {
            ReadOnlySpan<long> values = [call.Number, call.Argument1, call.Argument2, call.Argument3, call.Argument4, call.Argument5];
            for (int i = 0; i < values.Length; i++)
            {
                if (x64)
                {
                    WriteX64Load(code, i, values[i]);
                }
                else
                {
                    WriteArm64Load(code, i, values[i]);
                }
            }

            // syscall; svc #0. What they clobber is the caller's to save in both calling conventions.
            code.AddRange(x64 ? [0x0F, 0x05] : [0x01, 0x00, 0x00, 0xD4]);
        }

        code.AddRange(x64 ? [0xC3] : [0xC0, 0x03, 0x5F, 0xD6]); // ret
        return [.. code];
    }

    // mov r64, imm64 for rax, rdi, rsi, rdx, r10, r8: the registers of the kernel's convention, in its order.
    private static void WriteX64Load(List<byte> code, int register, long value)
    {
        code.AddRange(register switch
        {
            0 => (ReadOnlySpan<byte>)[0x48, 0xB8],
            1 => [0x48, 0xBF],
            2 => [0x48, 0xBE],
            3 => [0x48, 0xBA],
            4 => [0x49, 0xBA],
            _ => [0x49, 0xB8],
        });
        Span<byte> immediate = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(immediate, value);
        code.AddRange(immediate);
    }

    // movz, then three movk: sixteen bits each, into x8 (the number) and x0 to x4.
    private static void WriteArm64Load(List<byte> code, int register, long value)
    {
        uint target = register == 0 ? 8u : (uint)(register - 1);
        Span<byte> instruction = stackalloc byte[sizeof(uint)];
        for (int part = 0; part < 4; part++)
        {
            uint opcode = part == 0 ? 0xD2800000u : 0xF2800000u;
            uint bits = (uint)(value >> (16 * part)) & 0xFFFF;
            BinaryPrimitives.WriteUInt32LittleEndian(instruction, opcode | ((uint)part << 21) | (bits << 5) | target);
            code.AddRange(instruction);
        }
    }

    // A fresh page for each set of calls, never unmapped: a signal may still be on its way to a thread.
    private static nint Load(ReadOnlySpan<ThreadCall> calls)
    {
        byte[] code = Write(calls, Architecture.IsX64);
        nint page = MapAnonymous();
        code.CopyTo(new Span<byte>((void*)page, (int)PageSize));

        // Written first, executable after: the kernel synchronises the instruction cache when the page becomes executable.
        if (Unix.LibC.mprotect(page, (nuint)PageSize, Unix.LibC.PROT_READ | Unix.LibC.PROT_EXEC) != 0)
        {
            throw new NativeException("mprotect(PROT_EXEC)", NativeError.LastErrno());
        }

        return page;

        static nint MapAnonymous()
        {
            nint address = LibC.mmap_anonymous(0, (nuint)PageSize, Unix.LibC.PROT_READ | Unix.LibC.PROT_WRITE, LibC.MAP_ANONYMOUS | Unix.LibC.MAP_PRIVATE, -1, 0);
            return address == -1 ? throw new NativeException("mmap", NativeError.LastErrno()) : address;
        }
    }

    private static int Install(nint code)
    {
        if (s_signal == 0)
        {
            s_signal = FindFreeSignal();
        }

        // Stays installed for good: with the default action back in place a late signal would end the process.
        var action = new sigaction { sa_handler = code, sa_flags = LibC.SA_SIGINFO | LibC.SA_RESTART | LibC.SA_ONSTACK };
        return LibC.sigaction_(s_signal, &action, null) == 0
            ? s_signal
            : throw new NativeException("sigaction", NativeError.LastErrno());
    }

    // The runtime takes the lowest real-time signals and programs like to; the search starts at the other end.
    private static int FindFreeSignal()
    {
        for (int signal = LibC.SIGRTMAX - 2; signal > LibC.SIGRTMAX - 16; signal--)
        {
            sigaction current;
            if (LibC.sigaction_(signal, null, &current) == 0 && current.sa_handler == 0)
            {
                return signal;
            }
        }

        throw new NativeException("sigaction: no free real-time signal", new NativeError(NativeErrorDomain.Errno, Unix.LibC.EBUSY));
    }
}
