using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests;

/// <summary>Builds routing messages byte by byte, by the offsets of macos-abi.json, without the structs under test.</summary>
internal static class RouteBytes
{
    /// <summary>The size of struct rt_msghdr.</summary>
    internal const int HeaderSize = 92;

    internal static byte[] Route(byte type, int index, int flags, params (int Slot, byte[] Address)[] addresses)
    {
        byte[] message = new byte[HeaderSize + addresses.Sum(address => Padded(address.Address.Length))];
        BinaryPrimitives.WriteUInt16LittleEndian(message, (ushort)message.Length);
        message[2] = 5; // RTM_VERSION
        message[3] = type;
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), (ushort)index);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), flags);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), addresses.Sum(address => 1 << address.Slot));
        int at = HeaderSize;
        foreach ((_, byte[] address) in addresses.OrderBy(address => address.Slot))
        {
            address.CopyTo(message, at);
            at += Padded(address.Length);
        }

        return message;
    }

    /// <summary>A message of nothing but its head and some bytes: RTM_IFINFO and the like, whose bodies nobody reads.</summary>
    internal static byte[] Plain(byte type, int length = 112)
    {
        byte[] message = new byte[length];
        BinaryPrimitives.WriteUInt16LittleEndian(message, (ushort)length);
        message[2] = 5;
        message[3] = type;
        return message;
    }

    internal static byte[] Default4(int index, string gateway, int extraFlags = 0) =>
        Route(
            Darwin.RTM_ADD,
            index,
            Darwin.RTF_UP | Darwin.RTF_GATEWAY | Darwin.RTF_STATIC | extraFlags,
            (Darwin.RTAX_DST, IP("0.0.0.0")),
            (Darwin.RTAX_GATEWAY, IP(gateway)),
            (Darwin.RTAX_NETMASK, []));

    /// <summary>A socket address; a link-local IPv6 one with its interface inside, as the KAME stack keeps it.</summary>
    internal static byte[] IP(string text, int embeddedScope = 0)
    {
        var address = IPAddress.Parse(text);
        bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        byte[] bytes = new byte[isIPv4 ? 16 : 28];
        bytes[0] = (byte)bytes.Length;
        bytes[1] = isIPv4 ? (byte)2 : (byte)30;
        address.GetAddressBytes().CopyTo(bytes, isIPv4 ? 4 : 8);
        if (embeddedScope != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)embeddedScope);
        }

        return bytes;
    }

    /// <summary>A sockaddr_dl of an interface: what stands for the router when everything is on the link.</summary>
    internal static byte[] Link(int index)
    {
        byte[] bytes = new byte[20];
        bytes[0] = 20;
        bytes[1] = 18;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), (ushort)index);
        return bytes;
    }

    // ROUNDUP32: an address of no length takes four bytes.
    private static int Padded(int length) => length == 0 ? 4 : (length + 3) & ~3;
}
