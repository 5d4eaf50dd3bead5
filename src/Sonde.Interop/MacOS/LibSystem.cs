using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

// unistd.h, fcntl.h and sys/socket.h of libSystem.
[SupportedOSPlatform("macos")]
internal static unsafe partial class LibSystem
{
    /// <summary>The system library by its own path, so that no other library of that name can take its place.</summary>
    internal const string Library = "/usr/lib/libSystem.B.dylib";

    internal const int F_SETFD = 2;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int FD_CLOEXEC = 1;
    internal const int SOL_SOCKET = 0xFFFF;
    internal const int SO_SNDBUF = 0x1001;
    internal const int SO_RCVBUF = 0x1002;
    internal const int F_DUPFD_CLOEXEC = 67;
    internal const int O_RDWR = 0x2;
    internal const int O_NONBLOCK = 0x4;
    internal const int O_CLOEXEC = 0x1000000;

    /// <summary>Whether what follows the "..." of a C declaration goes on the stack: the arm64 convention of Apple (dotnet/runtime#48796).</summary>
    /// <remarks>Says which declaration of a variadic function fits; a process that runs under Rosetta is x64 and says no, as it should.</remarks>
    internal static bool PassesVariadicsOnStack => Architecture.IsArm64;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe(int* descriptors);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial FileDescriptor socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recv(FileDescriptor fd, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(FileDescriptor fd, int level, int name, void* value, uint length);

    // By libSystem's own path, unlike those of Unix/LibC: their errors are numbers of macOS alone.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(FileDescriptor fd, byte* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(FileDescriptor fd, byte* buffer, nuint count);

    // open(2) takes its third argument, the variadic one, with O_CREAT only: two are right on both architectures.
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial FileDescriptor open(string path, int flags);

    // fcntl(2) is variadic: this is how x86_64 passes it.
    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int fcntl(FileDescriptor fd, int command, nint argument);

    // The same call for arm64: eight arguments fill the registers, so that the ninth lies on the stack, where a variadic callee looks.
    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int fcntl_arm64(FileDescriptor fd, int command, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint argument);

    /// <summary>fcntl(2) in the form that <paramref name="onStack"/> asks for.</summary>
    internal static int Fcntl(FileDescriptor fd, int command, nint argument, bool onStack) =>
        onStack ? fcntl_arm64(fd, command, 0, 0, 0, 0, 0, 0, argument) : fcntl(fd, command, argument);

    /// <summary>Keeps <paramref name="fd"/> from child processes: macOS has no call that opens sockets and pipes so from the start.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static void CloseOnExec(FileDescriptor fd) => Control(fd, F_SETFD, FD_CLOEXEC, "fcntl(F_SETFD)");

    /// <summary>Makes reads and writes of <paramref name="fd"/> return at once.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static void NonBlocking(FileDescriptor fd) =>
        Control(fd, F_SETFL, Control(fd, F_GETFL, 0, "fcntl(F_GETFL)") | O_NONBLOCK, "fcntl(F_SETFL)");

    private static int Control(FileDescriptor fd, int command, int argument, string operation)
    {
        int result = Fcntl(fd, command, argument, PassesVariadicsOnStack);
        return result >= 0 ? result : throw new NativeException(operation, NativeError.LastDarwinErrno());
    }
}
