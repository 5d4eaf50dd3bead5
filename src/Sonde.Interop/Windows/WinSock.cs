using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Sonde.Interop.Windows;

// winsock2.h, ws2ipdef.h and mstcpip.h: raw sockets that receive everything.
[SupportedOSPlatform("windows")]
internal static unsafe partial class WinSock
{
    internal const string Library = "ws2_32.dll";

    internal const int SOCK_RAW = 3;
    internal const int IPPROTO_IP = 0;
    internal const int IPPROTO_IPV6 = 41;
    internal const int SOL_SOCKET = 0xFFFF;
    internal const int SO_RCVBUF = 0x1002;
    internal const int FD_READ = 0x01;
    internal const uint WSA_FLAG_OVERLAPPED = 0x01;
    internal const uint WSA_FLAG_NO_HANDLE_INHERIT = 0x80;
    internal const uint SIO_RCVALL = 0x98000001; // _WSAIOW(IOC_VENDOR, 1)
    internal const uint RCVALL_ON = 1; // with the card in promiscuous mode
    internal const uint RCVALL_IPLEVEL = 3; // what the card hands up anyway

    internal const int WSAEACCES = 10013;
    internal const int WSAEWOULDBLOCK = 10035;
    internal const int WSAEMSGSIZE = 10040;
    internal const int WSAEPROTONOSUPPORT = 10043;
    internal const int WSAEOPNOTSUPP = 10045;
    internal const int WSAEAFNOSUPPORT = 10047;
    internal const int WSAEADDRNOTAVAIL = 10049;
    internal const int WSAENETDOWN = 10050;

    private static readonly Lazy<int> s_started = new(Start);

    [LibraryImport(Library)]
    private static partial int WSAStartup(ushort version, WSADATA* data);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial WinSockHandle WSASocketW(int family, int type, int protocol, void* info, uint group, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(WinSockHandle socket, byte* address, int length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(WinSockHandle socket, int level, int name, byte* value, int length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int WSAIoctl(
        WinSockHandle socket, uint code, void* input, uint inputLength, void* output, uint outputLength, uint* returned, void* overlapped, void* completion);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int WSAEventSelect(WinSockHandle socket, SafeWaitHandle signal, int events);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int recv(WinSockHandle socket, byte* buffer, int length, int flags);

    // Takes a number, not a handle: it is called by the handle's own release.
    [LibraryImport(Library)]
    internal static partial int closesocket(nint socket);

    /// <summary>Starts Winsock for this process, once; it is never ended, for others in the process use it too.</summary>
    /// <exception cref="NativeException">It does not start.</exception>
    internal static void EnsureStarted()
    {
        if (s_started.Value is var error and not 0)
        {
            throw new NativeException("WSAStartup", Win32.Error(error));
        }
    }

    private static int Start()
    {
        WSADATA data = default;

        // SAFETY: the call writes exactly one struct. It returns its error instead of setting it.
        return WSAStartup(0x0202, &data);
    }
}

/// <summary>A socket of Winsock.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WinSockHandle : SafeHandle
{
    public WinSockHandle()
        : base(invalidHandleValue: -1, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == -1;

    protected override bool ReleaseHandle() => WinSock.closesocket(handle) == 0;
}

/// <summary>struct WSAData (winsock2.h), in the order that 64-bit Windows has.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WSADATA
{
    internal ushort wVersion;
    internal ushort wHighVersion;
    internal ushort iMaxSockets;
    internal ushort iMaxUdpDg;
    internal nint lpVendorInfo;
    internal WSADATA_DESCRIPTION szDescription;
    internal WSADATA_STATUS szSystemStatus;
}

/// <summary>char[WSADESCRIPTION_LEN + 1].</summary>
[System.Runtime.CompilerServices.InlineArray(257)]
internal struct WSADATA_DESCRIPTION
{
    private byte _first;
}

/// <summary>char[WSASYS_STATUS_LEN + 1].</summary>
[System.Runtime.CompilerServices.InlineArray(129)]
internal struct WSADATA_STATUS
{
    private byte _first;
}
