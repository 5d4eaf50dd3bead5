using System.Buffers.Binary;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Link;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Headers;
using Sonde.Traffic.Sources;
using Sonde.Traffic.Sources.Wire;

namespace Sonde.Traffic.Tests.Wire;

/// <summary>Packets and a host that a test makes up, and what the packet plane tells of them.</summary>
internal sealed class TestPackets(int capacity = 1000) : ITrafficSink
{
    internal const int Ethernet = 2;
    internal const int Loopback = 1;
    internal const int BridgePort = 3;
    internal const int Headers = 40;
    internal const string Here = "10.0.0.1";
    internal const string There = "10.0.0.2";

    internal PacketCounter Counter { get; } = new(capacity);

    internal List<FlowCount> Counts { get; } = [];

    internal TrafficCounters Overflow { get; private set; }

    public void Count(in FlowCount count) => Counts.Add(count);

    public void CountOverflow(in TrafficCounters counters) => Overflow += counters;

    /// <summary>A TCP segment, beginning with its IP header.</summary>
    internal static byte[] Tcp(string from, int fromPort, string to, int toPort, int payload, TcpFlags flags = TcpFlags.Ack)
    {
        byte[] packet = IPv4(IPProtocol.Tcp, from, to, 20 + payload);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), (ushort)fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)toPort);
        packet[32] = 5 << 4;
        packet[33] = (byte)flags;
        return packet;
    }

    /// <summary>An IPv4 packet with an empty payload.</summary>
    internal static byte[] IPv4(IPProtocol protocol, string from, string to, int payload)
    {
        byte[] packet = new byte[20 + payload];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[9] = (byte)protocol;
        Assert.True(InternetAddress.Parse(from).TryGetIPv4(out uint source));
        Assert.True(InternetAddress.Parse(to).TryGetIPv4(out uint destination));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), source);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), destination);
        return packet;
    }

    internal static FlowKey Key(string local, int localPort, string remote, int remotePort, IPProtocol protocol = IPProtocol.Tcp) =>
        new(protocol, new FlowEndpoint(InternetAddress.Parse(local), (ushort)localPort), new FlowEndpoint(InternetAddress.Parse(remote), (ushort)remotePort));

    /// <summary>A host with a loopback, a card and a port of a bridge.</summary>
    internal static HostView Host(string? only = null, params NetworkInterface[] more) =>
        new(
            [
                Interface("lo", Loopback, InterfaceKind.Loopback, "127.0.0.1"),
                Interface("eth0", Ethernet, InterfaceKind.Ethernet, Here),
                Interface("port0", BridgePort, InterfaceKind.Veth) with { MasterIndex = 9 },
                .. more,
            ],
            only);

    internal static NetworkInterface Interface(string name, int index, InterfaceKind kind, params string[] addresses) => new()
    {
        Name = name,
        Index = index,
        Kind = kind,
        KindName = string.Empty,
        LinkType = "ether",
        HardwareAddress = Reading.None<HardwareAddress>(),
        Mtu = kind == InterfaceKind.Loopback ? 65_536 : 1500,
        AdministrativeState = AdministrativeState.Up,
        OperationalState = OperationalState.Up,
        Flags = [],
        LinkSpeedBitsPerSecond = Reading.None<long>(),
        Addresses = Reading.Ok<IReadOnlyList<InterfaceAddress>>(
            [.. addresses.Select(static text => new InterfaceAddress { Address = InternetAddress.Parse(text).ToIPAddress(), PrefixLength = 24, Scope = AddressScope.Global })]),
        Counters = Reading.None<InterfaceCounters>(),
        DefaultGateways = Reading.None<IReadOnlyList<DefaultGateway>>(),
        DnsServers = Reading.None<IReadOnlyList<global::System.Net.IPAddress>>(),
        SearchDomains = Reading.None<IReadOnlyList<string>>(),
    };

    internal void Sent(byte[] packet, int on = Ethernet) => See(packet, PacketDirection.Outbound, FrameAudience.Unknown, on);

    internal void Received(byte[] packet, FrameAudience audience = FrameAudience.ThisHost, int on = Ethernet) => See(packet, PacketDirection.Inbound, audience, on);

    internal void See(byte[] packet, PacketDirection direction, FrameAudience audience, int on = Ethernet) =>
        Counter.Add(LinkType.Raw, packet.AsSpan(0, Math.Min(packet.Length, 192)), packet.Length, on, direction, audience);

    /// <summary>Tells everything to this sink.</summary>
    internal IReadOnlyList<FlowCount> Tell(HostView? host = null)
    {
        Counts.Clear();
        foreach ((WireFlow flow, WireCounts counts) in Take())
        {
            PacketSorter.Sort(flow, counts, host ?? Host(), 7, this);
        }

        return Counts;
    }

    private Dictionary<WireFlow, WireCounts> Take()
    {
        Dictionary<WireFlow, WireCounts> flows = Counter.Take(out TrafficCounters overflow);
        Overflow += overflow;
        return flows;
    }
}
