using Sonde.Cli.Output;
using Sonde.Packets;
using Sonde.Packets.Applications;

namespace Sonde.Cli.Frames;

/// <summary>What applications say in a packet, as one JSON object named after the application.</summary>
internal static class ApplicationJson
{
    internal static void Write(JsonText json, FrameApplication application)
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
                json.BeginObject("http"u8);
                FrameJson.WriteText(json, "method"u8, head.Method);
                FrameJson.WriteText(json, "target"u8, head.Target);
                WriteWhenTold(json, "host"u8, head.Host);
                json.EndObject();
                break;
            case ApplicationKind.Ssh when SshBanner.TryParse(application.Payload, out SshBanner banner, out _):
                json.BeginObject("ssh"u8);
                FrameJson.WriteText(json, "version"u8, banner.ProtocolVersion);
                FrameJson.WriteText(json, "software"u8, banner.Software);
                json.EndObject();
                break;
            case ApplicationKind.Dhcp when DhcpMessage.TryParse(application.Payload, out DhcpMessage dhcp, out _):
                WriteDhcp(json, dhcp);
                break;
            case ApplicationKind.Dhcp6 when Dhcp6Message.TryParse(application.Payload, out Dhcp6Message dhcp6, out _):
                WriteDhcp6(json, dhcp6);
                break;
            case ApplicationKind.Ntp when NtpHeader.TryParse(application.Payload, out NtpHeader ntp, out _):
                json.BeginObject("ntp"u8);
                json.Property("version"u8, ntp.Version);
                json.Property("mode"u8, ntp.Mode);
                json.Property("stratum"u8, ntp.Stratum);
                json.EndObject();
                break;
            default:
                break;
        }
    }

    private static void WriteDns(JsonText json, ReadOnlySpan<byte> name, FrameApplication application)
    {
        if (!application.TryGetDns(out DnsMessage message))
        {
            return;
        }

        json.BeginObject(name);
        json.Property("id"u8, message.Id);
        json.Property("is_response"u8, message.IsResponse);
        if (message.IsResponse)
        {
            json.Property("response_code"u8, message.ResponseCode);
        }

        DnsQuestions.Enumerator questions = message.Questions.GetEnumerator();
        if (questions.MoveNext())
        {
            WriteName(json, "question"u8, questions.Current.Name);
            WriteType(json, "question_type"u8, questions.Current.Type);
        }

        WriteAnswers(json, message);
        json.EndObject();
    }

    // Addresses and names only: what tells which host a flow is for.
    private static void WriteAnswers(JsonText json, DnsMessage message)
    {
        if (!message.IsResponse)
        {
            return;
        }

        json.BeginArray("answers"u8);
        foreach (DnsRecord record in message.Records)
        {
            if (record.Section != DnsSection.Answer)
            {
                break;
            }

            json.BeginObject();
            WriteName(json, "name"u8, record.Name);
            WriteType(json, "type"u8, record.Type);
            json.Property("ttl_seconds"u8, record.TimeToLiveSeconds);
            if (record.TryGetAddress(out InternetAddress address))
            {
                FrameJson.WriteAddress(json, "address"u8, address);
            }
            else if (record.TryGetTarget(out DnsName target))
            {
                WriteName(json, "target"u8, target);
            }

            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteName(JsonText json, ReadOnlySpan<byte> property, DnsName name)
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        if (name.TryFormat(text, out int length))
        {
            json.Property(property, text[..length]);
        }
    }

    private static void WriteType(JsonText json, ReadOnlySpan<byte> property, DnsRecordType type)
    {
        Span<char> text = stackalloc char[DnsRecordTypeNames.MaxLength];
        DnsRecordTypeNames.TryFormat(type, text, out int length);
        json.Property(property, text[..length]);
    }

    private static void WriteTls(JsonText json, TlsClientHello hello)
    {
        json.BeginObject("tls"u8);
        WriteWhenTold(json, "server_name"u8, hello.ServerName);
        json.BeginArray("application_protocols"u8);
        Span<char> text = stackalloc char[256];
        foreach (ReadOnlySpan<byte> protocol in hello.ApplicationProtocols)
        {
            json.Value(text[..FrameApplication.Decode(protocol, text)]);
        }

        json.EndArray();
        json.Property("version"u8, hello.Version);
        json.Property("has_encrypted_hello"u8, hello.HasEncryptedHello);
        json.Property("is_complete"u8, hello.IsComplete);
        json.EndObject();
    }

    private static void WriteQuic(JsonText json, QuicInitial initial)
    {
        json.BeginObject("quic"u8);
        json.Property("version"u8, initial.Version);
        if (initial.ServerName.Length > 0)
        {
            json.Property("server_name"u8, initial.ServerName);
        }

        json.BeginArray("application_protocols"u8);
        foreach (string protocol in initial.ApplicationProtocols)
        {
            json.Value(protocol);
        }

        json.EndArray();
        json.Property("is_complete"u8, initial.IsComplete);
        json.EndObject();
    }

    private static void WriteDhcp(JsonText json, DhcpMessage dhcp)
    {
        json.BeginObject("dhcp"u8);
        json.Property("is_request"u8, dhcp.IsRequest);
        json.Property("message_type"u8, dhcp.MessageType);
        FrameJson.WriteAddress(json, "client_mac"u8, dhcp.ClientHardware);
        if (!dhcp.AssignedAddress.IsAny)
        {
            FrameJson.WriteAddress(json, "assigned"u8, dhcp.AssignedAddress);
        }

        WriteWhenTold(json, "host_name"u8, dhcp.HostName);
        WriteWhenTold(json, "qualified_name"u8, dhcp.QualifiedName);
        WriteWhenTold(json, "vendor_class"u8, dhcp.VendorClass);
        json.EndObject();
    }

    private static void WriteDhcp6(JsonText json, Dhcp6Message dhcp6)
    {
        json.BeginObject("dhcp6"u8);
        json.Property("message_type"u8, dhcp6.MessageType);
        if (dhcp6.TryGetQualifiedName(out DnsName name))
        {
            WriteName(json, "qualified_name"u8, name);
        }

        json.EndObject();
    }

    private static void WriteWhenTold(JsonText json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            FrameJson.WriteText(json, name, value);
        }
    }
}
