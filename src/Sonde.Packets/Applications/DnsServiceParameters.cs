using System.Buffers.Binary;
using Sonde.Packets.Printing;

namespace Sonde.Packets.Applications;

/// <summary>The parameters of SVCB and HTTPS records (RFC 9460, section 2.1) as text.</summary>
internal static class DnsServiceParameters
{
    private const int Mandatory = 0;
    private const int Alpn = 1;
    private const int Port = 3;
    private const int IPv4Hint = 4;
    private const int IPv6Hint = 6;

    public static void Write(ref TextSink sink, ReadOnlySpan<byte> parameters)
    {
        while (parameters.Length >= 4)
        {
            int key = BinaryPrimitives.ReadUInt16BigEndian(parameters);
            int length = Math.Min((int)BinaryPrimitives.ReadUInt16BigEndian(parameters[2..]), parameters.Length - 4);
            sink.Append(' ');
            WriteKey(ref sink, key);
            if (length > 0)
            {
                sink.Append('=');
                WriteValue(ref sink, key, parameters.Slice(4, length));
            }

            parameters = parameters[(4 + length)..];
        }
    }

    private static void WriteKey(ref TextSink sink, int key)
    {
        ReadOnlySpan<char> name = key switch
        {
            Mandatory => "mandatory",
            Alpn => "alpn",
            2 => "no-default-alpn",
            Port => "port",
            IPv4Hint => "ipv4hint",
            5 => "ech",
            IPv6Hint => "ipv6hint",
            7 => "dohpath",
            8 => "ohttp",
            _ => "key",
        };
        sink.Append(name);
        if (name is "key")
        {
            sink.Append(key);
        }
    }

    private static void WriteValue(ref TextSink sink, int key, ReadOnlySpan<byte> value)
    {
        int step = key switch { Mandatory or Port => 2, IPv4Hint => 4, IPv6Hint => 16, _ => 0 };
        if (key == Alpn)
        {
            WriteAlpn(ref sink, value);
        }
        else if (step == 0 || value.Length % step != 0)
        {
            sink.Append('"');
            sink.AppendUntrusted(value, "\"\\");
            sink.Append('"');
        }
        else
        {
            for (int at = 0; at < value.Length; at += step)
            {
                if (at > 0)
                {
                    sink.Append(',');
                }

                switch (step)
                {
                    case 2 when key == Mandatory:
                        WriteKey(ref sink, BinaryPrimitives.ReadUInt16BigEndian(value[at..]));
                        break;
                    case 2:
                        sink.Append(BinaryPrimitives.ReadUInt16BigEndian(value[at..]));
                        break;
                    case 4:
                        sink.Append(InternetAddress.ReadIPv4(value[at..]));
                        break;
                    default:
                        sink.Append(InternetAddress.ReadIPv6(value[at..]));
                        break;
                }
            }
        }
    }

    private static void WriteAlpn(ref TextSink sink, ReadOnlySpan<byte> value)
    {
        for (bool first = true; !value.IsEmpty; first = false)
        {
            int length = Math.Min(value[0], value.Length - 1);
            if (!first)
            {
                sink.Append(',');
            }

            sink.AppendUntrusted(value.Slice(1, length), "\",\\");
            value = value[(1 + length)..];
        }
    }
}
