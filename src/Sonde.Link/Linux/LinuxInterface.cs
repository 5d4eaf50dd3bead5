using System.Buffers.Binary;
using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Packets;

namespace Sonde.Link.Linux;

/// <summary>What is known about an interface when it is opened.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">Its index, 0 for all interfaces.</param>
/// <param name="LinkType">What its frames begin with.</param>
/// <param name="HardwareAddress">Its address.</param>
/// <param name="Mtu">Its longest payload.</param>
/// <param name="IsUp">Whether it is up.</param>
/// <param name="IsLoopback">Whether it is the loopback: each frame is seen twice, sent and received.</param>
[SupportedOSPlatform("linux")]
internal sealed record LinuxInterface(string Name, int Index, LinkType LinkType, MacAddress HardwareAddress, int Mtu, bool IsUp, bool IsLoopback)
{
    private const int LongestPacket = 65_535;

    /// <summary>All interfaces at once.</summary>
    internal static LinuxInterface All { get; } =
        new(FrameDevice.AnyInterface, 0, LinkType.LinuxSll2, default, LongestPacket, IsUp: true, IsLoopback: false);

    /// <summary>Asks for one interface, through any socket of its network namespace.</summary>
    /// <exception cref="LinkException">There is none, or the system does not tell.</exception>
    internal static LinuxInterface Read(PacketSocket socket, string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length >= LibC.IFNAMSIZ)
        {
            throw LinuxErrors.Exception("ioctl(SIOCGIFINDEX)", name, new NativeError(NativeErrorDomain.Errno, Netlink.ENODEV));
        }

        int index = Ask(socket, LibC.SIOCGIFINDEX, "ioctl(SIOCGIFINDEX)", name, bytes).ifr_ifindex;
        sockaddr hardware = Ask(socket, LibC.SIOCGIFHWADDR, "ioctl(SIOCGIFHWADDR)", name, bytes).ifr_hwaddr;
        uint flags = (ushort)Ask(socket, LibC.SIOCGIFFLAGS, "ioctl(SIOCGIFFLAGS)", name, bytes).ifr_flags;
        LinkType linkType = HardwareKind.LinkTypeOf(hardware.sa_family);
        return new LinuxInterface(
            name,
            index,
            linkType,
            linkType == LinkType.Ethernet ? MacAddress.Read(NativeStruct.AsBytes(hardware.sa_data)) : default,
            Ask(socket, LibC.SIOCGIFMTU, "ioctl(SIOCGIFMTU)", name, bytes).ifr_mtu,
            (flags & RtNetlink.IFF_UP) != 0,
            (flags & RtNetlink.IFF_LOOPBACK) != 0);
    }

    /// <summary>The mask of its first IPv4 address; null when it has none.</summary>
    internal uint? ReadIPv4Mask(PacketSocket socket)
    {
        ifreq request = InterfaceSocket.About(Encoding.UTF8.GetBytes(Name));
        return Index != 0 && socket.TryAsk(LibC.SIOCGIFNETMASK, ref request, out _)
            ? BinaryPrimitives.ReverseEndianness(request.ifr_addr.sin_addr)
            : null;
    }

    /// <summary>Whether it is up now, whatever its name is now.</summary>
    internal bool ReadIsUp(PacketSocket socket)
    {
        ifreq request = default;
        request.ifr_ifindex = Index;
        return socket.TryAsk(Packet.SIOCGIFNAME, ref request, out _)
            && socket.TryAsk(LibC.SIOCGIFFLAGS, ref request, out _)
            && ((ushort)request.ifr_flags & RtNetlink.IFF_UP) != 0;
    }

    private static ifreq Ask(PacketSocket socket, uint command, string operation, string name, byte[] bytes)
    {
        ifreq request = InterfaceSocket.About(bytes);
        return socket.TryAsk(command, ref request, out NativeError error) ? request : throw LinuxErrors.Exception(operation, name, error);
    }
}
