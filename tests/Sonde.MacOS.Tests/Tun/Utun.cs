using System.Buffers.Binary;
using Sonde.Tun;
using Sonde.Tun.MacOS;

namespace Sonde.MacOS.Tests.Tun;

/// <summary>Opens devices of the look-alike, and packets in the form that its sockets carry.</summary>
internal static class Utun
{
    internal static TunDevice Open(TunOptions? options = null)
    {
        options ??= new TunOptions();
        return TunDevice.Configured(new MacOSTunPlatform().Open(options), options);
    }

    internal static TunConfiguration With(params string[] addresses) => new() { Addresses = [.. addresses.Select(one => TunAddress.Parse(one))] };

    /// <summary>A packet of IP version 4 or 6 that carries its number in its last two bytes.</summary>
    internal static byte[] Packet(int number, int length = 40, byte version = 4)
    {
        byte[] packet = new byte[length];
        packet[0] = (byte)((version << 4) | 5);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(length - 2), (ushort)number);
        return packet;
    }

    /// <summary>The same behind its family, in network order.</summary>
    internal static byte[] Framed(byte[] packet) => [0, 0, 0, packet[0] >> 4 == 6 ? (byte)30 : (byte)2, .. packet];
}
