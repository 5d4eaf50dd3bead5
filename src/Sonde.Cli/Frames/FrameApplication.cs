using System.Text.Unicode;
using Sonde.Packets;
using Sonde.Packets.Applications;

namespace Sonde.Cli.Frames;

/// <summary>What a packet's payload is, told by its ports and its first bytes: cheap enough for every packet.</summary>
/// <remarks>Nothing here allocates but <see cref="TryGetQuic"/>, which decrypts.</remarks>
internal readonly ref struct FrameApplication
{
    private const int ShortestTlsHello = 6;

    private FrameApplication(ApplicationKind kind, ReadOnlySpan<byte> payload, bool isStream)
    {
        Kind = kind;
        Payload = payload;
        IsStream = isStream;
    }

    internal ApplicationKind Kind { get; }

    /// <summary>The captured payload of the transport protocol.</summary>
    internal ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the payload is a piece of a TCP stream.</summary>
    internal bool IsStream { get; }

    /// <summary>Looks at the payload of a packet.</summary>
    /// <param name="summary">What was read of the packet.</param>
    /// <param name="frame">The frame that it was read from.</param>
    internal static FrameApplication Find(ref readonly PacketSummary summary, ReadOnlySpan<byte> frame)
    {
        if (summary.Depth != PacketDepth.Transport || summary.Defect != PacketDefect.None || summary.CapturedPayloadLength == 0)
        {
            return default;
        }

        ReadOnlySpan<byte> payload = summary.PayloadOf(frame);
        ApplicationKind kind = summary.Protocol switch
        {
            IPProtocol.Udp => OfDatagram(summary.SourcePort, summary.DestinationPort, payload),
            IPProtocol.Tcp => OfStream(summary.SourcePort, summary.DestinationPort, payload),
            _ => ApplicationKind.None,
        };
        return new FrameApplication(kind, payload, summary.Protocol == IPProtocol.Tcp);
    }

    /// <summary>The DNS message, of all kinds of DNS.</summary>
    internal bool TryGetDns(out DnsMessage message)
    {
        message = default;
        return Kind is ApplicationKind.Dns or ApplicationKind.MulticastDns or ApplicationKind.Llmnr
            && (IsStream ? DnsMessage.TryParseStream(Payload, out message, out _) : DnsMessage.TryParse(Payload, out message, out _));
    }

    /// <summary>What a QUIC client says in the clear, once its first packets are decrypted with the keys that stand in them.</summary>
    internal bool TryGetQuic([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out QuicInitial? initial)
    {
        initial = null;
        return Kind == ApplicationKind.Quic && QuicInitial.TryDecrypt(Payload, out initial, out _);
    }

    /// <summary>Writes the name that says best what the packet is about: of the host asked for, the server wanted, the software.</summary>
    /// <param name="text">Room for the name; a longer one is cut.</param>
    /// <param name="decrypt">Whether names that must be decrypted count.</param>
    /// <returns>How many characters; 0 when there is no name.</returns>
    internal int FormatName(Span<char> text, bool decrypt = false)
    {
        switch (Kind)
        {
            case ApplicationKind.Dns or ApplicationKind.MulticastDns or ApplicationKind.Llmnr:
                return TryGetDns(out DnsMessage message) ? FormatFirst(message, text) : 0;
            case ApplicationKind.Tls:
                return TlsClientHello.TryParse(Payload, out TlsClientHello hello, out _) ? Decode(hello.ServerName, text) : 0;
            case ApplicationKind.Http:
                return HttpRequestHead.TryParse(Payload, out HttpRequestHead head, out _) ? Decode(head.Host, text) : 0;
            case ApplicationKind.Ssh:
                return SshBanner.TryParse(Payload, out SshBanner banner, out _) ? Decode(banner.Software, text) : 0;
            case ApplicationKind.Dhcp:
                return DhcpMessage.TryParse(Payload, out DhcpMessage dhcp, out _)
                    ? Decode(dhcp.QualifiedName.IsEmpty ? dhcp.HostName : dhcp.QualifiedName, text)
                    : 0;
            case ApplicationKind.Dhcp6:
                return Dhcp6Message.TryParse(Payload, out Dhcp6Message dhcp6, out _) && dhcp6.TryGetQualifiedName(out DnsName name)
                    && name.TryFormat(text, out int written) ? written : 0;
            case ApplicationKind.Quic when decrypt && TryGetQuic(out QuicInitial? initial):
                int length = Math.Min(initial.ServerName.Length, text.Length);
                initial.ServerName.AsSpan(0, length).CopyTo(text);
                return length;
            default:
                return 0;
        }
    }

    /// <summary>Text from the wire as characters; what is no UTF-8 becomes U+FFFD, and what does not fit is cut.</summary>
    internal static int Decode(ReadOnlySpan<byte> bytes, Span<char> text)
    {
        Utf8.ToUtf16(bytes, text, out _, out int written);
        return written;
    }

    private static int FormatFirst(DnsMessage message, Span<char> text)
    {
        DnsQuestions.Enumerator questions = message.Questions.GetEnumerator();
        if (questions.MoveNext())
        {
            return questions.Current.Name.TryFormat(text, out int asked) ? asked : 0;
        }

        // Multicast DNS announces without being asked.
        DnsRecords.Enumerator records = message.Records.GetEnumerator();
        return records.MoveNext() && records.Current.Name.TryFormat(text, out int told) ? told : 0;
    }

    private static ApplicationKind OfDatagram(ushort source, ushort destination, ReadOnlySpan<byte> payload)
    {
        return Either(source, destination, DnsMessage.Port) && payload.Length >= DnsMessage.HeaderSize ? ApplicationKind.Dns
            : Either(source, destination, DnsMessage.MulticastPort) && payload.Length >= DnsMessage.HeaderSize ? ApplicationKind.MulticastDns
            : Either(source, destination, DnsMessage.LinkLocalPort) && payload.Length >= DnsMessage.HeaderSize ? ApplicationKind.Llmnr
            : Either(source, destination, DhcpMessage.ServerPort) || Either(source, destination, DhcpMessage.ClientPort) ? ApplicationKind.Dhcp
            : Either(source, destination, Dhcp6Message.ServerPort) || Either(source, destination, Dhcp6Message.ClientPort) ? ApplicationKind.Dhcp6
            : Either(source, destination, NtpHeader.Port) ? ApplicationKind.Ntp
            : (payload[0] & 0xC0) == 0xC0 && QuicInitial.IsCandidate(payload) ? ApplicationKind.Quic
            : ApplicationKind.None;
    }

    private static ApplicationKind OfStream(ushort source, ushort destination, ReadOnlySpan<byte> payload)
    {
        if (Either(source, destination, DnsMessage.Port))
        {
            return payload.Length > DnsMessage.HeaderSize ? ApplicationKind.Dns : ApplicationKind.None;
        }

        return payload[0] switch
        {
            22 when payload.Length >= ShortestTlsHello && payload[1] == 3 => ApplicationKind.Tls,
            (byte)'S' when payload.StartsWith("SSH-"u8) => ApplicationKind.Ssh,
            >= (byte)'A' and <= (byte)'Z' when HttpRequestHead.TryParse(payload, out _, out _) => ApplicationKind.Http,
            _ => ApplicationKind.None,
        };
    }

    private static bool Either(ushort source, ushort destination, ushort port) => source == port || destination == port;
}
