using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>An ARP packet that asks for IPv4 addresses over Ethernet (RFC 826): the only kind in use.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct ArpHeader
{
    /// <summary>The packet's length, in bytes; padding may follow.</summary>
    public const int Size = 28;

    private readonly ReadOnlySpan<byte> _bytes;

    private ArpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>1 to ask, 2 to answer; RARP uses 3 and 4.</summary>
    public ushort Operation => BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    /// <summary>The Ethernet address of the station that sent it.</summary>
    public MacAddress SenderHardware => MacAddress.Read(_bytes[8..]);

    /// <summary>The IPv4 address that the sender claims.</summary>
    public InternetAddress Sender => InternetAddress.ReadIPv4(_bytes[14..]);

    /// <summary>The Ethernet address asked: zero in a request.</summary>
    public MacAddress TargetHardware => MacAddress.Read(_bytes[18..]);

    /// <summary>The IPv4 address asked for.</summary>
    public InternetAddress Target => InternetAddress.ReadIPv4(_bytes[24..]);

    /// <summary>Whether the sender announces its own address (RFC 5227, section 3).</summary>
    public bool IsAnnouncement => Sender == Target;

    /// <summary>Reads the packet at the start of <paramref name="source"/>.</summary>
    /// <returns><see langword="false"/> for cut bytes, and (<see cref="PacketDefect.Unsupported"/>) for other kinds of addresses; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out ArpHeader header, out PacketDefect defect)
    {
        header = default;
        if (source.Length >= 8 && (BinaryPrimitives.ReadUInt32BigEndian(source) & 0xFFFF) != (uint)EtherType.IPv4)
        {
            defect = PacketDefect.Unsupported;
            return false;
        }

        // Hardware 1 is Ethernet, 6 IEEE 802: both have addresses of six bytes.
        if (source.Length >= 8 && (source[4] != MacAddress.Size || source[5] != 4 || source[0] != 0 || source[1] is not (1 or 6)))
        {
            defect = PacketDefect.Unsupported;
            return false;
        }

        if (source.Length < Size)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        header = new ArpHeader(source[..Size]);
        defect = PacketDefect.None;
        return true;
    }
}
