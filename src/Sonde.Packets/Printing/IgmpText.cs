using Sonde.Packets.Headers;

namespace Sonde.Packets.Printing;

/// <summary>IGMP messages as text.</summary>
internal static class IgmpText
{
    public static void Write(ref TextSink sink, ReadOnlySpan<byte> payload)
    {
        sink.Append("igmp ");
        if (!IgmpHeader.TryParse(payload, out IgmpHeader igmp, out _))
        {
            sink.Append("[|igmp]");
            return;
        }

        switch (igmp.Type)
        {
            case 0x11:
                sink.Append(igmp.Payload.Length >= 4 ? "query v3" : igmp.MaxResponseCode == 0 ? "query v1" : "query v2");
                if (igmp.Payload.Length < 4 && igmp.MaxResponseCode is not (0 or 100))
                {
                    sink.Append(" [max resp time ");
                    sink.Append(igmp.MaxResponseCode);
                    sink.Append(']');
                }

                break;
            case 0x12:
                sink.Append("v1 report ");
                sink.Append(igmp.Group);
                return;
            case 0x16:
                sink.Append("v2 report ");
                sink.Append(igmp.Group);
                return;
            case 0x17:
                sink.Append("leave ");
                sink.Append(igmp.Group);
                return;
            case 0x22:
                sink.Append("v3 report, ");
                sink.Append(igmp.RecordCount);
                sink.Append(" group record(s)");
                return;
            default:
                sink.Append("type 0x");
                sink.AppendHex(igmp.Type, 2);
                return;
        }

        if (igmp.Group != InternetAddress.AnyIPv4)
        {
            sink.Append(" [gaddr ");
            sink.Append(igmp.Group);
            sink.Append(']');
        }
    }
}
