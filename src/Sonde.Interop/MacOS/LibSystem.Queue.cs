using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

// sys/event.h: what the kernel tells of processes that it is asked to watch.
[SupportedOSPlatform("macos")]
internal static unsafe partial class LibSystem
{
    internal const short EVFILT_PROC = -5;
    internal const ushort EV_ADD = 0x0001;
    internal const ushort EV_CLEAR = 0x0020;
    internal const uint NOTE_EXIT = 0x80000000;
    internal const uint NOTE_FORK = 0x40000000;
    internal const uint NOTE_EXEC = 0x20000000;
    internal const uint NOTE_EXITSTATUS = 0x04000000;
    internal const int NOTE_PDATAMASK = 0x000FFFFF;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial FileDescriptor kqueue();

    [LibraryImport(Library, EntryPoint = "kevent", SetLastError = true)]
    internal static partial int kevent_call(FileDescriptor queue, kevent* changes, int changeCount, kevent* events, int eventCount, timespec* timeout);
}

/// <summary>struct kevent (sys/event.h), packed to four bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct kevent
{
    internal nuint ident;
    internal short filter;
    internal ushort flags;
    internal uint fflags;
    internal nint data;
    internal nint udata;
}
