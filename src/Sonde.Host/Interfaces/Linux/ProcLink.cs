using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>What ioctls tell about one interface.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Flags">The lower sixteen of its flags: the request has no room for LOWER_UP, DORMANT and ECHO.</param>
/// <param name="Mtu">Its MTU.</param>
/// <param name="HardwareType">Its ARPHRD_ number.</param>
/// <param name="HardwareAddress">Its link-layer address.</param>
/// <param name="Speed">Its speed in bits per second.</param>
internal readonly record struct ProcLink(
    int Index,
    uint Flags,
    Reading<long> Mtu,
    Reading<ushort> HardwareType,
    Reading<HardwareAddress> HardwareAddress,
    Reading<long> Speed)
{
    private const long Megabit = 1_000_000;
    private const int DataLength = 14;

    /// <summary>Asks about an interface.</summary>
    /// <returns>The answers; gone when it vanished since its name was read.</returns>
    /// <exception cref="HostException">The system refuses to say even its index or flags.</exception>
    [SupportedOSPlatform("linux")]
    internal static Reading<ProcLink> Read(InterfaceSocket socket, ReadOnlySpan<byte> name)
    {
        Reading<ProcLink> identity = ReadIdentity(socket, name);
        if (!identity.TryGetValue(out ProcLink link))
        {
            return identity;
        }

        ifreq request = InterfaceSocket.About(name);
        Reading<long> speed = socket.TryReadSpeed(name, out uint megabits, out NativeError error) ? ToSpeed(megabits)
            : error.Code == Netlink.EOPNOTSUPP ? Reading.Unsupported<long>("the driver has no link speed")
            : Refused<long>("ioctl(SIOCETHTOOL)", error);
        Reading<ushort> type = socket.TryAsk(LibC.SIOCGIFHWADDR, ref request, out error)
            ? request.ifr_hwaddr.sa_family
            : Refused<ushort>("ioctl(SIOCGIFHWADDR)", error);
        return link with
        {
            Speed = speed,
            HardwareType = type,
            HardwareAddress = type.HasValue ? ToHardwareAddress(type.Value, NativeStruct.AsBytes(request.ifr_hwaddr.sa_data)) : type.Select(_ => default(HardwareAddress)),
        };
    }

    /// <summary>Asks for what identifies an interface and may change: index, flags and MTU.</summary>
    /// <exception cref="HostException">The system refuses to say even its index or flags.</exception>
    [SupportedOSPlatform("linux")]
    internal static Reading<ProcLink> ReadIdentity(InterfaceSocket socket, ReadOnlySpan<byte> name)
    {
        ifreq request = InterfaceSocket.About(name);
        if (!socket.TryAsk(LibC.SIOCGIFINDEX, ref request, out NativeError error))
        {
            return IsGone(error) ? Reading.Gone<ProcLink>() : throw HostException.From(new NativeException("ioctl(SIOCGIFINDEX)", error), NativeBytes.ToText(name));
        }

        int index = request.ifr_ifindex;
        request = InterfaceSocket.About(name);
        if (!socket.TryAsk(LibC.SIOCGIFFLAGS, ref request, out error))
        {
            return IsGone(error) ? Reading.Gone<ProcLink>() : throw HostException.From(new NativeException("ioctl(SIOCGIFFLAGS)", error), NativeBytes.ToText(name));
        }

        uint flags = (ushort)request.ifr_flags;
        request = InterfaceSocket.About(name);
        Reading<long> mtu = socket.TryAsk(LibC.SIOCGIFMTU, ref request, out error) ? request.ifr_mtu : Refused<long>("ioctl(SIOCGIFMTU)", error);
        return new ProcLink(index, flags, mtu, default, default, default);
    }

    /// <summary>The address in a struct sockaddr, whose length only the hardware type tells.</summary>
    internal static Reading<HardwareAddress> ToHardwareAddress(ushort hardwareType, ReadOnlySpan<byte> data)
    {
        int? length = hardwareType switch
        {
            RtNetlink.ARPHRD_ETHER or RtNetlink.ARPHRD_LOOPBACK => 6,
            RtNetlink.ARPHRD_IEEE80211 or RtNetlink.ARPHRD_IEEE80211_PRISM or RtNetlink.ARPHRD_IEEE80211_RADIOTAP => 6,
            RtNetlink.ARPHRD_TUNNEL or RtNetlink.ARPHRD_SIT or RtNetlink.ARPHRD_IPGRE => 4,
            RtNetlink.ARPHRD_TUNNEL6 or RtNetlink.ARPHRD_IP6GRE => 16,
            RtNetlink.ARPHRD_INFINIBAND => 20,
            RtNetlink.ARPHRD_NONE or RtNetlink.ARPHRD_VOID or RtNetlink.ARPHRD_PPP or RtNetlink.ARPHRD_RAWIP or RtNetlink.ARPHRD_CAN or RtNetlink.ARPHRD_NETLINK => 0,
            _ => null,
        };
        return length switch
        {
            null => Reading.Unsupported<HardwareAddress>("ioctl(SIOCGIFHWADDR) does not tell how long addresses of this link type are"),
            0 => Reading.None<HardwareAddress>(),
            > DataLength => Reading.Unsupported<HardwareAddress>($"ioctl(SIOCGIFHWADDR) has room for {DataLength} of its {length} bytes"),
            _ when data.Length < length => Reading.Failed<HardwareAddress>("the system sent fewer bytes than an address has"),
            _ => new HardwareAddress(data[..length.Value]),
        };
    }

    /// <summary>What the flags say: RUNNING stands for up and for drivers that do not tell, its absence for every way of being down.</summary>
    internal static OperationalState ToOperationalState(uint flags) =>
        (flags & (RtNetlink.IFF_UP | RtNetlink.IFF_RUNNING)) == (RtNetlink.IFF_UP | RtNetlink.IFF_RUNNING) ? OperationalState.Up : OperationalState.Down;

    /// <summary>Whether an error means that the interface or the address is no more.</summary>
    internal static bool IsGone(NativeError error) => error.Code is Netlink.ENXIO or Netlink.EADDRNOTAVAIL or Netlink.ENODEV;

    internal static Reading<T> Refused<T>(string operation, NativeError error)
    {
        string reason = $"{operation}: {error}";
        return IsGone(error) ? Reading.Gone<T>(reason)
            : HostException.Classify(error) switch
            {
                HostFailure.AccessDenied => Reading.Denied<T>(reason),
                HostFailure.Unavailable => Reading.Unsupported<T>(reason),
                _ => error.Code is Netlink.ENOTTY or Netlink.EINVAL ? Reading.Unsupported<T>(reason) : Reading.Failed<T>(reason),
            };
    }

    private static Reading<long> ToSpeed(uint megabits) =>
        megabits == EthtoolNetlink.SPEED_UNKNOWN ? Reading.None<long>("the driver says that the speed is unknown") : megabits * Megabit;
}
