using System.Globalization;
using System.Text.Json;
using Sonde.Packets;
using Sonde.Packets.Applications;

namespace Sonde.Cli.Frames;

/// <summary>What applications say in a packet, as one JSON object named after the application.</summary>
internal static class ApplicationJson
{
    internal static void Write(Utf8JsonWriter json, FrameApplication application)
    {
        switch (application.Kind)
        {
            case ApplicationKind.Dns:
                WriteDns(json, "dns"u8, application);
                break;
            case ApplicationKind.MulticastDns:
                WriteDns(json, "mdns"u8, application);
                break;
            case ApplicationKind.Llmnr:
                WriteDns(json, "llmnr"u8, application);
                break;
            case ApplicationKind.Tls when TlsClientHello.TryParse(application.Payload, out TlsClientHello hello, out _):
                WriteTls(json, hello);
                break;
            case ApplicationKind.Quic when application.TryGetQuic(out QuicInitial? initial):
                WriteQuic(json, initial);
                break;
            case ApplicationKind.Http when HttpRequestHead.TryParse(application.Payload, out HttpRequestHead head, out _):
                json.WriteStartObject("http"u8);
                FrameJson.WriteText(json, "method"u8, head.Method);
                FrameJson.WriteText(json, "target"u8, head.Target);
                WriteWhenTold(json, "host"u8, head.Host);
                json.WriteEndObject();
                break;
            case ApplicationKind.Ssh when SshBanner.TryParse(application.Payload, out SshBanner banner, out _):
                json.WriteStartObject("ssh"u8);
                FrameJson.WriteText(json, "version"u8, banner.ProtocolVersion);
                FrameJson.WriteText(json, "software"u8, banner.Software);
                json.WriteEndObject();
                break;
            case ApplicationKind.Dhcp when DhcpMessage.TryParse(application.Payload, out DhcpMessage dhcp, out _):
                WriteDhcp(json, dhcp);
                break;
            case ApplicationKind.Dhcp6 when Dhcp6Message.TryParse(application.Payload, out Dhcp6Message dhcp6, out _):
                WriteDhcp6(json, dhcp6);
                break;
            case ApplicationKind.Ntp when NtpHeader.TryParse(application.Payload, out NtpHeader ntp, out _):
                json.WriteStartObject("ntp"u8);
                json.WriteNumber("version"u8, ntp.Version);
                json.WriteNumber("mode"u8, ntp.Mode);
                json.WriteNumber("stratum"u8, ntp.Stratum);
                json.WriteEndObject();
                break;
            default:
                break;
        }
    }

    private static void WriteDns(Utf8JsonWriter json, ReadOnlySpan<byte> name, FrameApplication application)
    {
        if (!application.TryGetDns(out DnsMessage message))
        {
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("id"u8, message.Id);
        json.WriteBoolean("is_response"u8, message.IsResponse);
        if (message.IsResponse)
        {
            json.WriteNumber("response_code"u8, message.ResponseCode);
        }

        DnsQuestions.Enumerator questions = message.Questions.GetEnumerator();
        if (questions.MoveNext())
        {
            WriteName(json, "question"u8, questions.Current.Name);
            WriteType(json, "question_type"u8, questions.Current.Type);
        }

        WriteAnswers(json, message);
        json.WriteEndObject();
    }

    // Addresses and names only: what tells which host a flow is for.
    private static void WriteAnswers(Utf8JsonWriter json, DnsMessage message)
    {
        if (!message.IsResponse)
        {
            return;
        }

        json.WriteStartArray("answers"u8);
        foreach (DnsRecord record in message.Records)
        {
            if (record.Section != DnsSection.Answer)
            {
                break;
            }

            json.WriteStartObject();
            WriteName(json, "name"u8, record.Name);
            WriteType(json, "type"u8, record.Type);
            json.WriteNumber("ttl_seconds"u8, record.TimeToLiveSeconds);
            if (record.TryGetAddress(out InternetAddress address))
            {
                FrameJson.WriteAddress(json, "address"u8, address);
            }
            else if (record.TryGetTarget(out DnsName target))
            {
                WriteName(json, "target"u8, target);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteName(Utf8JsonWriter json, ReadOnlySpan<byte> property, DnsName name)
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        if (name.TryFormat(text, out int length))
        {
            json.WriteString(property, text[..length]);
        }
    }

    private static void WriteType(Utf8JsonWriter json, ReadOnlySpan<byte> property, DnsRecordType type)
    {
        string? word = type switch
        {
            DnsRecordType.A => "A",
            DnsRecordType.NS => "NS",
            DnsRecordType.Cname => "CNAME",
            DnsRecordType.Soa => "SOA",
            DnsRecordType.Ptr => "PTR",
            DnsRecordType.HInfo => "HINFO",
            DnsRecordType.MX => "MX",
            DnsRecordType.Txt => "TXT",
            DnsRecordType.Aaaa => "AAAA",
            DnsRecordType.Srv => "SRV",
            DnsRecordType.DName => "DNAME",
            DnsRecordType.DS => "DS",
            DnsRecordType.RRSig => "RRSIG",
            DnsRecordType.NSec => "NSEC",
            DnsRecordType.DnsKey => "DNSKEY",
            DnsRecordType.NSec3 => "NSEC3",
            DnsRecordType.Tlsa => "TLSA",
            DnsRecordType.Svcb => "SVCB",
            DnsRecordType.Https => "HTTPS",
            DnsRecordType.Any => "ANY",
            DnsRecordType.Caa => "CAA",
            _ => null,
        };
        if (word is not null)
        {
            json.WriteString(property, word);
            return;
        }

        // RFC 3597: types without a name are TYPE and the number.
        Span<char> text = stackalloc char[16];
        "TYPE".CopyTo(text);
        ((int)type).TryFormat(text[4..], out int digits, provider: CultureInfo.InvariantCulture);
        json.WriteString(property, text[..(4 + digits)]);
    }

    private static void WriteTls(Utf8JsonWriter json, TlsClientHello hello)
    {
        json.WriteStartObject("tls"u8);
        WriteWhenTold(json, "server_name"u8, hello.ServerName);
        json.WriteStartArray("application_protocols"u8);
        Span<char> text = stackalloc char[256];
        foreach (ReadOnlySpan<byte> protocol in hello.ApplicationProtocols)
        {
            json.WriteStringValue(text[..FrameApplication.Decode(protocol, text)]);
        }

        json.WriteEndArray();
        json.WriteNumber("version"u8, hello.Version);
        json.WriteBoolean("has_encrypted_hello"u8, hello.HasEncryptedHello);
        json.WriteBoolean("is_complete"u8, hello.IsComplete);
        json.WriteEndObject();
    }

    private static void WriteQuic(Utf8JsonWriter json, QuicInitial initial)
    {
        json.WriteStartObject("quic"u8);
        json.WriteNumber("version"u8, initial.Version);
        if (initial.ServerName.Length > 0)
        {
            json.WriteString("server_name"u8, initial.ServerName);
        }

        json.WriteStartArray("application_protocols"u8);
        foreach (string protocol in initial.ApplicationProtocols)
        {
            json.WriteStringValue(protocol);
        }

        json.WriteEndArray();
        json.WriteBoolean("is_complete"u8, initial.IsComplete);
        json.WriteEndObject();
    }

    private static void WriteDhcp(Utf8JsonWriter json, DhcpMessage dhcp)
    {
        json.WriteStartObject("dhcp"u8);
        json.WriteBoolean("is_request"u8, dhcp.IsRequest);
        json.WriteNumber("message_type"u8, dhcp.MessageType);
        FrameJson.WriteAddress(json, "client_mac"u8, dhcp.ClientHardware);
        if (!dhcp.AssignedAddress.IsAny)
        {
            FrameJson.WriteAddress(json, "assigned"u8, dhcp.AssignedAddress);
        }

        WriteWhenTold(json, "host_name"u8, dhcp.HostName);
        WriteWhenTold(json, "qualified_name"u8, dhcp.QualifiedName);
        WriteWhenTold(json, "vendor_class"u8, dhcp.VendorClass);
        json.WriteEndObject();
    }

    private static void WriteDhcp6(Utf8JsonWriter json, Dhcp6Message dhcp6)
    {
        json.WriteStartObject("dhcp6"u8);
        json.WriteNumber("message_type"u8, dhcp6.MessageType);
        if (dhcp6.TryGetQualifiedName(out DnsName name))
        {
            WriteName(json, "qualified_name"u8, name);
        }

        json.WriteEndObject();
    }

    private static void WriteWhenTold(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            FrameJson.WriteText(json, name, value);
        }
    }
}
