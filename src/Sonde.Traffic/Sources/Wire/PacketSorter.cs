using Sonde.Packets;
using Sonde.Packets.Files;

namespace Sonde.Traffic.Sources.Wire;

/// <summary>Decides which end of a flow is this host, and leaves out what another interface shows as well.</summary>
internal static class PacketSorter
{
    // UDP ports of tunnels that the kernel serves: VXLAN (RFC 7348, and the port that Linux began with) and GENEVE (RFC 8926).
    private const int Vxlan = 4789;
    private const int EarlyVxlan = 8472;
    private const int Geneve = 6081;

    /// <summary>Tells the flow to the sink: not at all, once, or, on the loopback, for each end.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="counts">What was counted of it.</param>
    /// <param name="host">This host.</param>
    /// <param name="networkNamespace">The kernel's cookie of the network namespace, or 0.</param>
    /// <param name="sink">Takes it.</param>
    internal static void Sort(in WireFlow flow, WireCounts counts, HostView host, ulong networkNamespace, ITrafficSink sink)
    {
        if (host.IsPort(flow.InterfaceIndex) || (host.HasTunnel && !host.IsOneInterface && IsTunnel(flow.Packet)))
        {
            return;
        }

        // A device shows a frame of the loopback once, and both ends are here.
        bool isLoopback = host.IsLoopback(flow.InterfaceIndex);
        bool isFromHere = isLoopback || (flow.Direction != PacketDirection.Inbound && host.IsOwn(flow.Packet.Local.Address));
        bool isForHere = isLoopback || (flow.Direction != PacketDirection.Outbound && IsFor(flow, host));
        if (isFromHere)
        {
            Tell(flow, counts, flow.Packet, isSent: true, FlowSigns.None, networkNamespace, sink);
        }

        if (isForHere)
        {
            Tell(flow, counts, flow.Packet.Reverse(), isSent: false, FlowSigns.None, networkNamespace, sink);
        }

        // What passes comes in by one interface and goes out by another: it counts on the way in.
        if (!isFromHere && !isForHere && (flow.Direction != PacketDirection.Outbound || host.IsOneInterface))
        {
            FlowKey key = flow.Packet.Normalize();
            Tell(flow, counts, key, isSent: key == flow.Packet, FlowSigns.Passing, networkNamespace, sink);
        }
    }

    /// <summary>Whether what is known of the host explains the flow; if not, an address or an interface may be new.</summary>
    internal static bool IsExplained(in WireFlow flow, HostView host) =>
        host.Knows(flow.InterfaceIndex)
        && (host.IsLoopback(flow.InterfaceIndex)
            || (flow.Direction != PacketDirection.Inbound && host.IsOwn(flow.Packet.Local.Address))
            || (flow.Direction != PacketDirection.Outbound && IsFor(flow, host)));

    private static bool IsFor(in WireFlow flow, HostView host) =>
        flow.IsToMany || flow.Packet.Remote.Address.IsMulticast || host.IsOwn(flow.Packet.Remote.Address);

    private static bool IsTunnel(in FlowKey packet) =>
        packet.Protocol is IPProtocol.Gre or IPProtocol.IPv4 or IPProtocol.IPv6
        || (packet.Protocol == IPProtocol.Udp && packet.Remote.Port is Vxlan or EarlyVxlan or Geneve);

    private static void Tell(
        in WireFlow flow,
        WireCounts counts,
        in FlowKey key,
        bool isSent,
        FlowSigns passing,
        ulong networkNamespace,
        ITrafficSink sink) =>
        sink.Count(new FlowCount(
            new FlowIdentity(key, networkNamespace),
            isSent ? counts.AsSent : counts.AsReceived,
            0,
            flow.InterfaceIndex,
            counts.Signs(isSent) | passing));
}
