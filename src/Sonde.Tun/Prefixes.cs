using System.Buffers.Binary;
using Sonde.Packets;

namespace Sonde.Tun;

/// <summary>Arithmetic on network prefixes.</summary>
internal static class Prefixes
{
    /// <summary>The address with every bit after the prefix cleared.</summary>
    internal static InternetAddress Mask(InternetAddress address, int prefixLength)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes);
        int bits = address.IsIPv4 ? prefixLength + 96 : prefixLength;
        UInt128 mask = bits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - bits);
        BinaryPrimitives.WriteUInt128BigEndian(bytes, BinaryPrimitives.ReadUInt128BigEndian(bytes) & mask);
        return address.IsIPv4 ? InternetAddress.ReadIPv4(bytes[12..]) : InternetAddress.ReadIPv6(bytes);
    }

    /// <summary>The four or sixteen bytes of an address, in the order of the wire.</summary>
    internal static byte[] Bytes(InternetAddress address)
    {
        byte[] bytes = new byte[16];
        address.TryWriteBytes(bytes);
        return address.IsIPv4 ? bytes[12..] : bytes;
    }
}
