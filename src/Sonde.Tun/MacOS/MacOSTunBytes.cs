using System.Buffers.Binary;
using System.Numerics;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Packets;

namespace Sonde.Tun.MacOS;

/// <summary>Socket addresses and routing messages of macOS, written and read byte by byte. Reading never throws.</summary>
internal static class MacOSTunBytes
{
    private const int IPv4Offset = 4; // sin_addr
    private const int IPv6Offset = 8; // sin6_addr
    private const int IndexOffset = 12; // ifm_index, ifam_index
    private const int MessageHead = 4; // length, version, type: what every routing message begins with

    /// <summary>A sockaddr_in or sockaddr_in6.</summary>
    internal static byte[] Address(InternetAddress address) => Write(address.IsIPv4, Prefixes.Bytes(address));

    /// <summary>The mask of a prefix, as an address.</summary>
    internal static byte[] Mask(bool isIPv4, int prefixLength)
    {
        byte[] bits = new byte[isIPv4 ? 4 : 16];
        for (int i = 0; i < prefixLength; i++)
        {
            bits[i / 8] |= (byte)(0x80 >> (i % 8));
        }

        return Write(isIPv4, bits);
    }

    /// <summary>A sockaddr_dl that names an interface and nothing else: a route through it has no next hop.</summary>
    internal static byte[] Link(int index)
    {
        byte[] bytes = new byte[NativeStruct.SizeOf<sockaddr_dl>()];
        bytes[0] = (byte)bytes.Length;
        bytes[1] = Darwin.AF_LINK;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), (ushort)index);
        return bytes;
    }

    /// <summary>Reads an address with its mask, as getifaddrs gives them: the mask is often cut short and may lack its family.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> address, ReadOnlySpan<byte> mask, out TunAddress value)
    {
        value = default;
        bool isIPv4 = address.Length >= IPv4Offset + 4 && address[1] == Darwin.AF_INET;
        if (!isIPv4 && (address.Length < IPv6Offset + 16 || address[1] != Darwin.AF_INET6))
        {
            return false;
        }

        if (isIPv4)
        {
            value = new TunAddress(InternetAddress.ReadIPv4(address[IPv4Offset..]), PrefixLength(mask, IPv4Offset, 4));
            return true;
        }

        Span<byte> plain = stackalloc byte[16];
        address.Slice(IPv6Offset, 16).CopyTo(plain);
        if (plain[0] == 0xFE && (plain[1] & 0xC0) == 0x80)
        {
            plain[2..4].Clear(); // the KAME stack keeps the interface inside a link-local address
        }

        value = new TunAddress(InternetAddress.ReadIPv6(plain), PrefixLength(mask, IPv6Offset, 16));
        return true;
    }

    /// <summary>A request about a route through an interface.</summary>
    internal static byte[] RouteRequest(byte type, int index, TunRoute route)
    {
        bool isIPv4 = route.Destination.Address.IsIPv4;
        bool isHost = route.Destination.PrefixLength == (isIPv4 ? 32 : 128);
        byte[] destination = Address(route.Destination.Address);
        byte[] gateway = route.Gateway is { } next ? Address(next) : Link(index);
        byte[] mask = isHost ? [] : Mask(isIPv4, route.Destination.PrefixLength);
        int size = NativeStruct.SizeOf<rt_msghdr>() + destination.Length + gateway.Length + mask.Length; // each a multiple of four
        var head = new rt_msghdr
        {
            rtm_msglen = (ushort)size,
            rtm_version = Darwin.RTM_VERSION,
            rtm_type = type,
            rtm_index = (ushort)index,
            rtm_flags = Darwin.RTF_UP | Darwin.RTF_STATIC | (isHost ? Darwin.RTF_HOST : 0) | (route.Gateway is null ? 0 : Darwin.RTF_GATEWAY),
            rtm_addrs = (1 << Darwin.RTAX_DST) | (1 << Darwin.RTAX_GATEWAY) | (isHost ? 0 : 1 << Darwin.RTAX_NETMASK),
            rtm_seq = 1,
        };
        return [.. NativeStruct.AsBytes(head), .. destination, .. gateway, .. mask];
    }

    /// <summary>Whether the routing table has a route to exactly this network through an interface.</summary>
    /// <param name="table">What sysctl(NET_RT_DUMP) gave.</param>
    /// <param name="destination">The network.</param>
    /// <param name="index">The interface.</param>
    internal static bool HasRoute(ReadOnlySpan<byte> table, TunAddress destination, int index)
    {
        while (TryTakeMessage(ref table, out _, out ReadOnlySpan<byte> message))
        {
            if (NativeStruct.TryRead(message, out rt_msghdr head)
                && head.rtm_index == index
                && (head.rtm_flags & Darwin.RTF_IFSCOPE) == 0
                && TryReadDestination(message[NativeStruct.SizeOf<rt_msghdr>()..], head, destination.Address.IsIPv4, out TunAddress found)
                && found == destination)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a datagram of the routing socket is about the state or the addresses of an interface, or may be about its end.</summary>
    internal static bool Concerns(ReadOnlySpan<byte> datagram, int index)
    {
        while (TryTakeMessage(ref datagram, out byte type, out ReadOnlySpan<byte> message))
        {
            bool isAbout = type switch
            {
                Darwin.RTM_IFINFO or Darwin.RTM_NEWADDR or Darwin.RTM_DELADDR =>
                    message.Length < IndexOffset + 2 || BinaryPrimitives.ReadUInt16LittleEndian(message[IndexOffset..]) == index,
                Darwin.RTM_DELETE => true, // an interface that goes takes its routes with it
                _ => false,
            };
            if (isAbout)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryTakeMessage(ref ReadOnlySpan<byte> messages, out byte type, out ReadOnlySpan<byte> message)
    {
        type = 0;
        message = default;
        if (messages.Length < MessageHead)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(messages);
        if (length < MessageHead || length > messages.Length)
        {
            return false; // torn: nothing behind it can be found
        }

        type = messages[3];
        message = messages[..length];
        messages = messages[length..];
        return true;
    }

    private static bool TryReadDestination(ReadOnlySpan<byte> addresses, rt_msghdr head, bool isIPv4, out TunAddress destination)
    {
        destination = default;
        ReadOnlySpan<byte> network = default;
        ReadOnlySpan<byte> mask = default;
        for (int slot = 0; slot <= Darwin.RTAX_NETMASK; slot++)
        {
            if ((head.rtm_addrs & (1 << slot)) == 0)
            {
                continue;
            }

            if (addresses.IsEmpty || addresses[0] > addresses.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> one = addresses[..addresses[0]];
            network = slot == Darwin.RTAX_DST ? one : network;
            mask = slot == Darwin.RTAX_NETMASK ? one : mask;
            addresses = addresses[Math.Min(Math.Max((one.Length + 3) & ~3, 4), addresses.Length)..];
        }

        bool isHost = (head.rtm_flags & Darwin.RTF_HOST) != 0;
        if (!TryRead(network, isHost ? Mask(isIPv4, isIPv4 ? 32 : 128) : mask, out TunAddress found) || found.Address.IsIPv4 != isIPv4)
        {
            return false;
        }

        destination = new TunAddress(found.Network, found.PrefixLength);
        return true;
    }

    private static int PrefixLength(ReadOnlySpan<byte> mask, int offset, int size)
    {
        int length = 0;
        for (int i = offset; i < Math.Min(mask.Length, offset + size); i++)
        {
            length += BitOperations.LeadingZeroCount((uint)(byte)~mask[i] << 24) is var ones && ones > 8 ? 8 : ones;
            if (mask[i] != 0xFF)
            {
                break;
            }
        }

        return length;
    }

    private static byte[] Write(bool isIPv4, byte[] value)
    {
        byte[] bytes = new byte[isIPv4 ? NativeStruct.SizeOf<sockaddr_in>() : NativeStruct.SizeOf<sockaddr_in6>()];
        bytes[0] = (byte)bytes.Length;
        bytes[1] = isIPv4 ? (byte)Darwin.AF_INET : (byte)Darwin.AF_INET6;
        value.CopyTo(bytes, isIPv4 ? IPv4Offset : IPv6Offset);
        return bytes;
    }
}
