using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>What the kernel told about a frame beside its bytes.</summary>
/// <param name="Seen">Where it was seen, and which way it went.</param>
/// <param name="Status">TP_STATUS_…</param>
/// <param name="Tag">The VLAN tag that was taken out, if the status says so.</param>
/// <param name="TagProtocol">The EtherType of that tag, if the status says so.</param>
/// <param name="Time">When, in nanoseconds.</param>
/// <param name="Clock">By whose clock.</param>
internal readonly record struct FrameFacts(sockaddr_ll Seen, uint Status, ushort Tag, ushort TagProtocol, long Time, FrameClock Clock)
{
    internal bool HasTag => (Status & Packet.TP_STATUS_VLAN_VALID) != 0;

    // Kernels before 3.14 do not tell the protocol; there was one.
    internal ushort KnownTagProtocol => (Status & Packet.TP_STATUS_VLAN_TPID_VALID) != 0 ? TagProtocol : Packet.ETH_P_8021Q;

    internal bool IsOutgoing => Seen.sll_pkttype == Packet.PACKET_OUTGOING;

    internal FrameAudience Audience => (int)Seen.sll_pkttype switch
    {
        Packet.PACKET_HOST => FrameAudience.ThisHost,
        Packet.PACKET_BROADCAST => FrameAudience.Broadcast,
        Packet.PACKET_MULTICAST => FrameAudience.Multicast,
        Packet.PACKET_OTHERHOST => FrameAudience.OtherHost,
        _ => FrameAudience.Unknown,
    };
}
