using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux;

// signal.h, unistd.h.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int SIGRTMAX = 64;
    internal const int SA_SIGINFO = 0x4;
    internal const int SA_RESTART = 0x10000000;
    internal const int SA_ONSTACK = 0x08000000;

    [LibraryImport(Unix.LibC.Library, EntryPoint = "sigaction", SetLastError = true)]
    internal static partial int sigaction_(int signal, sigaction* action, sigaction* old);

    [LibraryImport(Unix.LibC.Library)]
    internal static partial int getpid();

    internal const int MAP_ANONYMOUS = 0x20;

    // mmap(2) of memory that belongs to no file: takes -1 where the other declaration takes a descriptor.
    [LibraryImport(Unix.LibC.Library, EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint mmap_anonymous(nint address, nuint length, int protection, int flags, int minusOne, long offset);

    // syscall(2) is variadic: right as declared on Linux.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial nint syscall(nint number, nint argument1, nint argument2, nint argument3);
}

/// <summary>struct sigaction (bits/sigaction.h of glibc; musl's is the same).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sigaction
{
    internal nint sa_handler;
    internal sigset_t sa_mask;
    internal int sa_flags;
    internal nint sa_restorer;
}

/// <summary>sigset_t: 1024 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sigset_t
{
    internal sigset_words __val;
}

/// <summary>unsigned long[16].</summary>
[System.Runtime.CompilerServices.InlineArray(16)]
internal struct sigset_words
{
    private ulong _first;
}
