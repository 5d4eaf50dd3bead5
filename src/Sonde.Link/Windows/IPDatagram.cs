using System.Buffers.Binary;
using Sonde.Packets;

namespace Sonde.Link.Windows;

/// <summary>What a raw socket handed over, checked to be an IP packet from its first byte on.</summary>
internal readonly ref struct IPDatagram
{
    private const int IPv4Header = 20;
    private const int IPv6Header = 40;

    /// <summary>The packet as far as it was received, without bytes behind its end.</summary>
    internal ReadOnlySpan<byte> Data { get; private init; }

    /// <summary>How long the packet says it is.</summary>
    internal int Length { get; private init; }

    /// <summary>Who sent it.</summary>
    internal InternetAddress Source { get; private init; }

    /// <summary>Whom it is for.</summary>
    internal InternetAddress Destination { get; private init; }

    /// <summary>Reads the header.</summary>
    /// <param name="received">The bytes.</param>
    /// <param name="isIPv4">Whether they came from a socket for IPv4.</param>
    /// <param name="datagram">The packet.</param>
    /// <returns>
    /// <see langword="false"/> for what is no IP packet. That is how IPv6 packets end up that Windows hands over without their header: what is left
    /// tells neither the protocol nor the addresses, and a guess would be wrong for some.
    /// </returns>
    internal static bool TryRead(ReadOnlySpan<byte> received, bool isIPv4, out IPDatagram datagram)
    {
        datagram = default;
        return isIPv4 ? TryReadIPv4(received, ref datagram) : TryReadIPv6(received, ref datagram);
    }

    private static bool TryReadIPv4(ReadOnlySpan<byte> received, ref IPDatagram datagram)
    {
        if (received.Length < IPv4Header || received[0] >> 4 != 4 || (received[0] & 0xF) * 4 < IPv4Header)
        {
            return false;
        }

        int told = BinaryPrimitives.ReadUInt16BigEndian(received[2..]);
        int length = told == 0 ? received.Length : told; // a segment that the card will split says 0
        if (length < (received[0] & 0xF) * 4)
        {
            return false;
        }

        datagram = new IPDatagram
        {
            Data = received[..Math.Min(length, received.Length)],
            Length = length,
            Source = InternetAddress.ReadIPv4(received[12..]),
            Destination = InternetAddress.ReadIPv4(received[16..]),
        };
        return true;
    }

    // Bytes without a header can look like one by chance: its length must agree with what came, too.
    private static bool TryReadIPv6(ReadOnlySpan<byte> received, ref IPDatagram datagram)
    {
        if (received.Length < IPv6Header || received[0] >> 4 != 6)
        {
            return false;
        }

        int length = IPv6Header + BinaryPrimitives.ReadUInt16BigEndian(received[4..]);
        if (length != received.Length)
        {
            return false;
        }

        datagram = new IPDatagram
        {
            Data = received,
            Length = length,
            Source = InternetAddress.ReadIPv6(received[8..]),
            Destination = InternetAddress.ReadIPv6(received[24..]),
        };
        return true;
    }
}
