namespace Sonde.Packets.Applications;

/// <summary>A DHCP message for IPv6 (RFC 8415), read in place.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct Dhcp6Message
{
    /// <summary>The server's UDP port.</summary>
    public const ushort ServerPort = 547;

    /// <summary>The client's UDP port.</summary>
    public const ushort ClientPort = 546;

    private const int FixedSize = 4;
    private const int QualifiedNameOption = 39;

    private readonly ReadOnlySpan<byte> _bytes;

    private Dhcp6Message(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>1 solicit, 2 advertise, 3 request, 5 renew, 7 reply, 8 release, 11 ask for information.</summary>
    public byte MessageType => _bytes[0];

    /// <summary>What an answer has in common with its request, 24 bits.</summary>
    public int TransactionId => (_bytes[1] << 16) | (_bytes[2] << 8) | _bytes[3];

    /// <summary>Reads the message at the start of <paramref name="source"/>, a UDP payload.</summary>
    /// <returns><see langword="false"/> for cut bytes and for the envelopes of relays; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out Dhcp6Message message, out PacketDefect defect)
    {
        message = default;
        defect = source.Length < FixedSize ? PacketDefect.Truncated
            : source[0] == 0 ? PacketDefect.Malformed
            : source[0] is 12 or 13 ? PacketDefect.Unsupported
            : PacketDefect.None;
        if (defect != PacketDefect.None)
        {
            return false;
        }

        message = new Dhcp6Message(source);
        return true;
    }

    /// <summary>The client's name for itself (RFC 4704), often without a domain.</summary>
    public bool TryGetQualifiedName(out DnsName name)
    {
        bool found = TryGetOption(QualifiedNameOption, out ReadOnlySpan<byte> data) && data.Length > 1;

        // A name without a domain lacks the root at its end: the option's end stands for it.
        name = found ? new DnsName(data, 1, mayLackRoot: true) : default;
        return found;
    }

    /// <summary>Finds the first option of a number.</summary>
    public bool TryGetOption(int number, out ReadOnlySpan<byte> data) => NumberedOptions.TryFind(_bytes[FixedSize..], number, out data);
}
