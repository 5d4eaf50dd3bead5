using Sonde.Packets;
using Sonde.Packets.Headers;

namespace Sonde.Traffic.Dns;

/// <summary>Finds the TCP header of a frame; the summary of a packet does not keep sequence numbers.</summary>
internal static class TransportSegment
{
    internal static bool TryFind(LinkType link, ReadOnlySpan<byte> frame, out TcpHeader header)
    {
        header = default;
        if (!LinkHeader.TryParse(link, frame, out LinkHeader outer, out _))
        {
            return false;
        }

        if (outer.EtherType == EtherType.IPv4)
        {
            return IPv4Header.TryParse(outer.Payload, out IPv4Header ip, out _) && TcpHeader.TryParse(ip.Payload, out header, out _);
        }

        return outer.EtherType == EtherType.IPv6
            && IPv6Header.TryParse(outer.Payload, out IPv6Header six, out _)
            && six.TryGetExtensions(out IPv6ExtensionChain chain, out _)
            && TcpHeader.TryParse(chain.UpperPayload, out header, out _);
    }
}
