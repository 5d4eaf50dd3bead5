using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

/// <summary>Changes to one interface by ioctl(2), on sockets that carry nothing. Addresses go in as the system's own sockaddr.</summary>
[SupportedOSPlatform("macos")]
internal sealed class InterfaceSettings : IDisposable
{
    private readonly FileDescriptor _socket;
    private readonly InterfaceNameBytes _name;
    private FileDescriptor? _socket6;

    private InterfaceSettings(FileDescriptor socket, InterfaceNameBytes name)
    {
        _socket = socket;
        _name = name;
    }

    /// <summary>Opens the socket.</summary>
    /// <param name="name">The interface.</param>
    /// <exception cref="NativeException">The system refused, or the name is too long to be one.</exception>
    internal static InterfaceSettings Open(string name) =>
        InterfaceQueries.TryName(Encoding.UTF8.GetBytes(name), out InterfaceNameBytes bytes, out NativeError error)
            ? new InterfaceSettings(OpenSocket(Darwin.AF_INET, "socket(AF_INET)"), bytes)
            : throw new NativeException("ioctl", error);

    /// <summary>The IFF_… flags; allocates nothing.</summary>
    internal bool TryGetFlags(out uint flags, out NativeError error)
    {
        var request = new ifreq { ifr_name = _name };
        bool answered = LibSystem.TryIoctl(_socket, LibSystem.SIOCGIFFLAGS, ref request, out error);
        flags = unchecked((ushort)request.ifru_flags);
        return answered;
    }

    /// <summary>Brings the interface up or down.</summary>
    internal void SetUp(bool isUp)
    {
        if (!TryGetFlags(out uint flags, out NativeError error))
        {
            throw new NativeException("ioctl(SIOCGIFFLAGS)", error);
        }

        flags = isUp ? flags | Darwin.IFF_UP : flags & ~Darwin.IFF_UP;
        var request = new ifreq { ifr_name = _name, ifru_flags = unchecked((short)flags) };
        Set(_socket, LibSystem.SIOCSIFFLAGS, ref request, "ioctl(SIOCSIFFLAGS)");
    }

    /// <summary>Sets the MTU.</summary>
    internal void SetMtu(int mtu)
    {
        var request = new ifreq { ifr_name = _name, ifru_mtu = mtu };
        Set(_socket, LibSystem.SIOCSIFMTU, ref request, "ioctl(SIOCSIFMTU)");
    }

    /// <summary>Adds an IPv4 address to a point-to-point interface.</summary>
    internal void AddIPv4(ReadOnlySpan<byte> address, ReadOnlySpan<byte> otherEnd, ReadOnlySpan<byte> mask)
    {
        var request = new ifaliasreq
        {
            ifra_name = _name,
            ifra_addr = NativeStruct.ReadPrefix<sockaddr_in>(address),
            ifra_broadaddr = NativeStruct.ReadPrefix<sockaddr_in>(otherEnd),
            ifra_mask = NativeStruct.ReadPrefix<sockaddr_in>(mask),
        };
        Set(_socket, LibSystem.SIOCAIFADDR, ref request, "ioctl(SIOCAIFADDR)");
    }

    /// <summary>Adds an IPv6 address that lives for ever and is usable at once.</summary>
    internal void AddIPv6(ReadOnlySpan<byte> address, ReadOnlySpan<byte> mask)
    {
        var request = new in6_aliasreq
        {
            ifra_name = _name,
            ifra_addr = NativeStruct.ReadPrefix<sockaddr_in6>(address),
            ifra_prefixmask = NativeStruct.ReadPrefix<sockaddr_in6>(mask),
            ifra_flags = Darwin.IN6_IFF_NODAD,
            ifra_lifetime = new in6_addrlifetime { ia6t_vltime = Darwin.ND6_INFINITE_LIFETIME, ia6t_pltime = Darwin.ND6_INFINITE_LIFETIME },
        };
        Set(Socket6(), LibSystem.SIOCAIFADDR_IN6, ref request, "ioctl(SIOCAIFADDR_IN6)");
    }

    /// <summary>Removes an IPv4 address.</summary>
    /// <returns><see langword="false"/> when the interface has none such.</returns>
    internal bool RemoveIPv4(ReadOnlySpan<byte> address)
    {
        var request = new ifreq { ifr_name = _name, ifru_addr = NativeStruct.ReadPrefix<sockaddr_in>(address) };
        return Remove(_socket, LibSystem.SIOCDIFADDR, ref request, "ioctl(SIOCDIFADDR)");
    }

    /// <summary>Removes an IPv6 address.</summary>
    /// <returns><see langword="false"/> when the interface has none such.</returns>
    internal bool RemoveIPv6(ReadOnlySpan<byte> address)
    {
        var request = new in6_ifreq { ifr_name = _name, ifru_addr = NativeStruct.ReadPrefix<sockaddr_in6>(address) };
        return Remove(Socket6(), LibSystem.SIOCDIFADDR_IN6, ref request, "ioctl(SIOCDIFADDR_IN6)");
    }

    public void Dispose()
    {
        _socket.Dispose();
        _socket6?.Dispose();
    }

    private static FileDescriptor OpenSocket(int family, string operation)
    {
        FileDescriptor fd = LibSystem.socket(family, Darwin.SOCK_DGRAM, 0);
        if (fd.IsInvalid)
        {
            NativeError error = NativeError.LastDarwinErrno();
            fd.Dispose();
            throw new NativeException(operation, error);
        }

        try
        {
            LibSystem.CloseOnExec(fd);
            return fd;
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    private static void Set<T>(FileDescriptor socket, uint request, ref T argument, string operation)
        where T : unmanaged
    {
        if (!LibSystem.TryIoctl(socket, request, ref argument, out NativeError error))
        {
            throw new NativeException(operation, error);
        }
    }

    private static bool Remove<T>(FileDescriptor socket, uint request, ref T argument, string operation)
        where T : unmanaged =>
        LibSystem.TryIoctl(socket, request, ref argument, out NativeError error)
        || (error.Code == Darwin.EADDRNOTAVAIL ? false : throw new NativeException(operation, error));

    // Not before it is needed: a host without IPv6 has none to open.
    private FileDescriptor Socket6() => _socket6 ??= OpenSocket(Darwin.AF_INET6, "socket(AF_INET6)");
}
