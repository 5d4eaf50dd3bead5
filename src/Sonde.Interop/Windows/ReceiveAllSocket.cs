using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>A raw socket on one address of this host that receives every IP packet of the address's interface (SIO_RCVALL).</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class ReceiveAllSocket : IDisposable
{
    private readonly WinSockHandle _socket;

    private ReceiveAllSocket(WinSockHandle socket) => _socket = socket;

    /// <summary>Opens the socket; it does not block.</summary>
    /// <param name="address">An address of this host, with its scope where it needs one.</param>
    /// <param name="promiscuous">Whether the card shall also receive what is for other stations.</param>
    /// <param name="bufferSize">The room for packets that wait, in bytes.</param>
    /// <param name="ready">Is set whenever packets have come since the last <see cref="TryReceive"/>.</param>
    /// <exception cref="NativeException">The system refused; WSAEACCES to who is no administrator.</exception>
    internal static ReceiveAllSocket Open(IPAddress address, bool promiscuous, int bufferSize, AutoResetEvent ready)
    {
        WinSock.EnsureStarted();
        bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        WinSockHandle handle = WinSock.WSASocketW(
            isIPv4 ? IpHlpApi.AF_INET : IpHlpApi.AF_INET6,
            WinSock.SOCK_RAW,
            isIPv4 ? WinSock.IPPROTO_IP : WinSock.IPPROTO_IPV6,
            null,
            0,
            WinSock.WSA_FLAG_OVERLAPPED | WinSock.WSA_FLAG_NO_HANDLE_INHERIT);
        if (handle.IsInvalid)
        {
            NativeError error = NativeError.LastWin32();
            handle.Dispose();
            throw new NativeException(isIPv4 ? "socket(AF_INET, SOCK_RAW, IPPROTO_IP)" : "socket(AF_INET6, SOCK_RAW, IPPROTO_IPV6)", error);
        }

        var socket = new ReceiveAllSocket(handle);
        bool opened = false;
        try
        {
            socket.Bind(address);
            socket.ReceiveAll(promiscuous, bufferSize);
            Check("WSAEventSelect", WinSock.WSAEventSelect(handle, ready.SafeWaitHandle, WinSock.FD_READ));
            opened = true;
            return socket;
        }
        finally
        {
            if (!opened)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Takes the next packet, if there is one.</summary>
    /// <param name="buffer">Where it goes; what is longer is cut.</param>
    /// <param name="length">How many bytes of the buffer it fills.</param>
    /// <exception cref="NativeException">The system failed.</exception>
    internal bool TryReceive(Span<byte> buffer, out int length)
    {
        fixed (byte* start = buffer)
        {
            // SAFETY: no more than the buffer's length is written.
            length = WinSock.recv(_socket, start, buffer.Length, 0);
        }

        if (length >= 0)
        {
            return true;
        }

        NativeError error = NativeError.LastWin32();
        length = buffer.Length;
        return error.Code switch
        {
            WinSock.WSAEMSGSIZE => true,
            WinSock.WSAEWOULDBLOCK => false,
            _ => throw new NativeException("recv", error),
        };
    }

    public void Dispose() => _socket.Dispose();

    private static void Check(string operation, int result)
    {
        if (result != 0)
        {
            throw new NativeException(operation, NativeError.LastWin32());
        }
    }

    private void Bind(IPAddress address)
    {
        // The struct of IPv4 is shorter, and begins alike.
        Span<byte> name = stackalloc byte[sizeof(SOCKADDR_IN6)];
        name.Clear();
        int length = sizeof(SOCKADDR_IN6);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            SOCKADDR_IN place = new() { sin_family = IpHlpApi.AF_INET };
            MemoryMarshal.Write(name, place);
            address.TryWriteBytes(name[4..], out _); // sin_addr
            length = sizeof(SOCKADDR_IN);
        }
        else
        {
            SOCKADDR_IN6 place = new() { sin6_family = IpHlpApi.AF_INET6, sin6_scope_id = (uint)address.ScopeId };
            address.TryWriteBytes(place.sin6_addr, out _);
            MemoryMarshal.Write(name, place);
        }

        fixed (byte* start = name)
        {
            // SAFETY: the name has the length that is given.
            Check($"bind({address})", WinSock.bind(_socket, start, length));
        }
    }

    private void ReceiveAll(bool promiscuous, int bufferSize)
    {
        // SAFETY: the options are as long as is said, and live during the calls.
        Check("setsockopt(SO_RCVBUF)", WinSock.setsockopt(_socket, WinSock.SOL_SOCKET, WinSock.SO_RCVBUF, (byte*)&bufferSize, sizeof(int)));
        uint how = promiscuous ? WinSock.RCVALL_ON : WinSock.RCVALL_IPLEVEL;
        uint returned = 0;
        Check("WSAIoctl(SIO_RCVALL)", WinSock.WSAIoctl(_socket, WinSock.SIO_RCVALL, &how, sizeof(uint), null, 0, &returned, null, null));
    }
}
