using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

/// <summary>What SIOCGIFMEDIA says: the medium in use and whether there is a link (IFM_…).</summary>
internal readonly record struct InterfaceMedia(int Current, int Active, int Status);

/// <summary>What SIOCGIFTYPE says (IFT_…, IFRTYPE_FAMILY_…, IFRTYPE_SUBFAMILY_…).</summary>
internal readonly record struct InterfaceType(uint Type, uint Family, uint Subfamily);

/// <summary>What SIOCGIFALIFETIME_IN6 says: two moments in seconds since 1970, 0 for none, and the two spans they were made from.</summary>
internal readonly record struct AddressLifetimes(long Expire, long Preferred, uint ValidSeconds, uint PreferredSeconds);

/// <summary>Questions about one interface or one of its addresses, asked by ioctl(2) on a socket that carries nothing.</summary>
[SupportedOSPlatform("macos")]
internal sealed class InterfaceQueries : IDisposable
{
    private readonly FileDescriptor _socket;

    private InterfaceQueries(FileDescriptor socket) => _socket = socket;

    /// <summary>Opens the socket of <paramref name="family"/>: questions about IPv6 addresses are answered on AF_INET6 only.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static InterfaceQueries Open(int family)
    {
        FileDescriptor fd = LibSystem.socket(family, Darwin.SOCK_DGRAM, 0);
        if (fd.IsInvalid)
        {
            NativeError error = NativeError.LastDarwinErrno();
            fd.Dispose();
            throw new NativeException(family == Darwin.AF_INET6 ? "socket(AF_INET6)" : "socket(AF_INET)", error);
        }

        try
        {
            LibSystem.CloseOnExec(fd);
            return new InterfaceQueries(fd);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    internal bool TryGetMedia(ReadOnlySpan<byte> name, out InterfaceMedia media, out NativeError error)
    {
        ifmediareq request = default;
        bool answered = TryName(name, out request.ifm_name, out error) && TryAsk(LibSystem.SIOCGIFMEDIA, ref request, out error);
        media = answered ? new InterfaceMedia(request.ifm_current, request.ifm_active, request.ifm_status) : default;
        return answered;
    }

    internal bool TryGetType(ReadOnlySpan<byte> name, out InterfaceType type, out NativeError error)
    {
        ifreq request = default;
        bool answered = TryName(name, out request.ifr_name, out error) && TryAsk(LibSystem.SIOCGIFTYPE, ref request, out error);
        type = answered ? new InterfaceType(request.ift_type, request.ift_family, request.ift_subfamily) : default;
        return answered;
    }

    /// <summary>Asks for the IN6_IFF_… flags of an address, given as getifaddrs gave it.</summary>
    internal bool TryGetAddressFlags(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address, out int flags, out NativeError error)
    {
        in6_ifreq request = default;
        bool answered = TryName(name, out request.ifr_name, out error);
        if (answered)
        {
            request.ifru_addr = NativeStruct.ReadPrefix<sockaddr_in6>(address);
            answered = TryAsk(LibSystem.SIOCGIFAFLAG_IN6, ref request, out error);
        }

        flags = answered ? request.ifru_flags6 : 0;
        return answered;
    }

    /// <summary>Asks how long an address lives, given as getifaddrs gave it.</summary>
    internal bool TryGetAddressLifetimes(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address, out AddressLifetimes lifetimes, out NativeError error)
    {
        in6_ifreq request = default;
        bool answered = TryName(name, out request.ifr_name, out error);
        if (answered)
        {
            request.ifru_addr = NativeStruct.ReadPrefix<sockaddr_in6>(address);
            answered = TryAsk(LibSystem.SIOCGIFALIFETIME_IN6, ref request, out error);
        }

        in6_addrlifetime given = request.ifru_lifetime;
        lifetimes = answered ? new AddressLifetimes(given.ia6t_expire, given.ia6t_preferred, given.ia6t_vltime, given.ia6t_pltime) : default;
        return answered;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>An interface's name as requests carry it; one that is too long is refused with ENAMETOOLONG.</summary>
    internal static bool TryName(ReadOnlySpan<byte> name, out InterfaceNameBytes bytes, out NativeError error)
    {
        bytes = default;
        if (name.Length >= Darwin.IFNAMSIZ)
        {
            error = new NativeError(NativeErrorDomain.DarwinErrno, Darwin.ENAMETOOLONG);
            return false;
        }

        name.CopyTo(bytes);
        error = default;
        return true;
    }

    private bool TryAsk<T>(uint request, ref T argument, out NativeError error)
        where T : unmanaged => LibSystem.TryIoctl(_socket, request, ref argument, out error);
}
