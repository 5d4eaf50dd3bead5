using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>An ICMP header for IPv4 (RFC 792) or IPv6 (RFC 4443) read in place; the two number their messages differently.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct IcmpHeader
{
    /// <summary>The header's length, in bytes: type, code, checksum and four bytes that depend on the type.</summary>
    public const int Size = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private IcmpHeader(ReadOnlySpan<byte> bytes, bool isVersion6)
    {
        _bytes = bytes;
        IsVersion6 = isVersion6;
    }

    /// <summary>Whether its numbers are those of ICMPv6.</summary>
    public bool IsVersion6 { get; }

    /// <summary>What the message is.</summary>
    public byte Type => _bytes[0];

    /// <summary>What it is more precisely.</summary>
    public byte Code => _bytes[1];

    /// <summary>The checksum as sent; in ICMPv6 it covers the addresses as well.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>The four bytes whose meaning depends on <see cref="Type"/>.</summary>
    public uint Rest => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>Of an echo, which program sent it: on Linux the local port of its ping socket.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>Of an echo, which of several it is.</summary>
    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    /// <summary>Whether it asks for an echo.</summary>
    public bool IsEchoRequest => Type == (IsVersion6 ? 128 : 8);

    /// <summary>Whether it is an echo.</summary>
    public bool IsEchoReply => Type == (IsVersion6 ? 129 : 0);

    /// <summary>Whether it reports what became of a packet, whose beginning is its <see cref="Payload"/>.</summary>
    public bool IsError => IsVersion6 ? Type < 128 : Type is 3 or 4 or 5 or 11 or 12;

    /// <summary>What follows the header, as captured.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>Reads the header at the start of <paramref name="source"/>.</summary>
    /// <param name="protocol"><see cref="IPProtocol.Icmp"/> or <see cref="IPProtocol.IcmpV6"/>.</param>
    /// <param name="source">The IP payload.</param>
    /// <param name="header">The view.</param>
    /// <param name="defect">Why there is none.</param>
    /// <returns><see langword="false"/> for bytes that are no ICMP header; never throws.</returns>
    public static bool TryParse(IPProtocol protocol, ReadOnlySpan<byte> source, out IcmpHeader header, out PacketDefect defect)
    {
        header = default;
        defect = protocol is not (IPProtocol.Icmp or IPProtocol.IcmpV6) ? PacketDefect.Unsupported
            : source.Length < Size ? PacketDefect.Truncated
            : PacketDefect.None;
        if (defect != PacketDefect.None)
        {
            return false;
        }

        header = new IcmpHeader(source, protocol == IPProtocol.IcmpV6);
        return true;
    }
}
