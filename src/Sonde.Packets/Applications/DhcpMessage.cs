using System.Buffers.Binary;

namespace Sonde.Packets.Applications;

/// <summary>A DHCP message for IPv4 (RFC 2131), read in place: how a station names itself, and which address it gets.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct DhcpMessage
{
    /// <summary>The server's UDP port.</summary>
    public const ushort ServerPort = 67;

    /// <summary>The client's UDP port.</summary>
    public const ushort ClientPort = 68;

    private const int FixedSize = 236;
    private const uint Cookie = 0x63825363;
    private const byte HostNameOption = 12;
    private const byte RequestedAddressOption = 50;
    private const byte MessageTypeOption = 53;
    private const byte VendorClassOption = 60;
    private const byte QualifiedNameOption = 81;

    private readonly ReadOnlySpan<byte> _bytes;

    private DhcpMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether it comes from a client.</summary>
    public bool IsRequest => _bytes[0] == 1;

    /// <summary>1 discover, 2 offer, 3 request, 4 decline, 5 acknowledge, 6 refuse, 7 release, 8 inform; 0 for BOOTP.</summary>
    public int MessageType => TryGetOption(MessageTypeOption, out ReadOnlySpan<byte> data) && data.Length == 1 ? data[0] : 0;

    /// <summary>What an answer has in common with its request.</summary>
    public uint TransactionId => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>The address that the client has already; 0.0.0.0 for none.</summary>
    public InternetAddress ClientAddress => InternetAddress.ReadIPv4(_bytes[12..]);

    /// <summary>The address that the server gives; 0.0.0.0 for none.</summary>
    public InternetAddress AssignedAddress => InternetAddress.ReadIPv4(_bytes[16..]);

    /// <summary>The client's Ethernet address.</summary>
    public MacAddress ClientHardware => MacAddress.Read(_bytes[28..]);

    /// <summary>The client's name for itself (RFC 2132, option 12); empty when it gives none.</summary>
    public ReadOnlySpan<byte> HostName => TryGetOption(HostNameOption, out ReadOnlySpan<byte> data) ? data.TrimEnd((byte)0) : default;

    /// <summary>The client's full name (RFC 4702) in ASCII; empty when it gives none, or as labels.</summary>
    public ReadOnlySpan<byte> QualifiedName =>
        TryGetOption(QualifiedNameOption, out ReadOnlySpan<byte> data) && data.Length > 3 && (data[0] & 0x04) == 0 ? data[3..].TrimEnd((byte)0) : default;

    /// <summary>What the client is ("MSFT 5.0", "android-dhcp-14"); empty when it does not say.</summary>
    public ReadOnlySpan<byte> VendorClass => TryGetOption(VendorClassOption, out ReadOnlySpan<byte> data) ? data.TrimEnd((byte)0) : default;

    /// <summary>Reads the message at the start of <paramref name="source"/>, a UDP payload.</summary>
    /// <returns><see langword="false"/> for bytes that are none; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out DhcpMessage message, out PacketDefect defect)
    {
        message = default;
        if (source.Length < FixedSize)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        if (source[0] is not (1 or 2))
        {
            defect = PacketDefect.Malformed;
            return false;
        }

        message = new DhcpMessage(source);
        defect = PacketDefect.None;
        return true;
    }

    /// <summary>The address that the client asks for.</summary>
    public bool TryGetRequestedAddress(out InternetAddress address)
    {
        bool found = TryGetOption(RequestedAddressOption, out ReadOnlySpan<byte> data) && data.Length == 4;
        address = found ? InternetAddress.ReadIPv4(data) : default;
        return found;
    }

    /// <summary>Finds the first option of a number (RFC 2132).</summary>
    public bool TryGetOption(byte number, out ReadOnlySpan<byte> data)
    {
        data = default;
        ReadOnlySpan<byte> rest = _bytes[FixedSize..];
        if (rest.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(rest) != Cookie)
        {
            return false;
        }

        rest = rest[4..];
        while (!rest.IsEmpty && rest[0] != 255)
        {
            if (rest[0] == 0)
            {
                rest = rest[1..];
                continue;
            }

            if (rest.Length < 2 || rest[1] > rest.Length - 2)
            {
                return false;
            }

            if (rest[0] == number)
            {
                data = rest.Slice(2, rest[1]);
                return true;
            }

            rest = rest[(2 + rest[1])..];
        }

        return false;
    }
}
