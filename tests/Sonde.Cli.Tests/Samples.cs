using System.Net;
using System.Net.Sockets;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Tests;

/// <summary>A host made up for tests of output: one interface with everything, one with nothing.</summary>
internal static class Samples
{
    internal static InterfaceSnapshot Snapshot { get; } = new("sample", 0, [Full(), Bare()], [new Gap("addresses", ReadingStatus.Gone, "they went", 2)]);

    internal static NetworkInterface Full() => new()
    {
        Name = "eth0",
        Index = 2,
        Kind = InterfaceKind.Ethernet,
        KindName = "ether",
        Description = "uplink",
        LinkType = "ether",
        HardwareAddress = new HardwareAddress([2, 0, 0, 0, 0, 1]),
        Mtu = 1500,
        AdministrativeState = AdministrativeState.Up,
        OperationalState = OperationalState.Up,
        Flags = ["BROADCAST", "UP"],
        LinkSpeedBitsPerSecond = 10_000_000_000,
        Addresses = Reading.Ok<IReadOnlyList<InterfaceAddress>>(
        [
            new InterfaceAddress
            {
                Address = IPAddress.Parse("192.0.2.2"),
                PrefixLength = 24,
                Scope = AddressScope.Global,
                ValidLifetime = TimeSpan.FromHours(1),
                PreferredLifetime = Timeout.InfiniteTimeSpan,
            },
            new InterfaceAddress { Address = IPAddress.Parse("fe80::1%2"), PrefixLength = 64, Scope = AddressScope.Link, State = AddressState.Tentative },
        ]),
        Counters = Counters(123_456_789, 2_000),
        DefaultGateways = Reading.Ok<IReadOnlyList<DefaultGateway>>([new DefaultGateway(AddressFamily.InterNetwork, IPAddress.Parse("192.0.2.1"), 100, "dhcp")]),
        DnsServers = Reading.Ok<IReadOnlyList<IPAddress>>([IPAddress.Parse("192.0.2.53")]),
        SearchDomains = Reading.Ok<IReadOnlyList<string>>(["example.com"]),
    };

    internal static NetworkInterface Bare() => new()
    {
        Name = "odd\u001b[31m\t0",
        Index = 3,
        Kind = InterfaceKind.Other,
        KindName = "mystery",
        LinkType = "none",
        HardwareAddress = Reading.None<HardwareAddress>(),
        Mtu = Reading.Failed<long>("I/O error"),
        AdministrativeState = AdministrativeState.Down,
        OperationalState = OperationalState.Down,
        Flags = [],
        LinkSpeedBitsPerSecond = Reading.Unsupported<long>("no driver"),
        Addresses = Reading.Denied<IReadOnlyList<InterfaceAddress>>("Operation not permitted"),
        Counters = Reading.Gone<InterfaceCounters>(),
        DefaultGateways = Reading.Denied<IReadOnlyList<DefaultGateway>>("Operation not permitted"),
        DnsServers = Reading.Unsupported<IReadOnlyList<IPAddress>>("nobody knows"),
        SearchDomains = Reading.Unsupported<IReadOnlyList<string>>("nobody knows"),
    };

    internal static InterfaceCounters Counters(ulong bytes, ulong packets) => new()
    {
        ReceivedBytes = bytes,
        ReceivedPackets = packets,
        ReceiveErrors = 1,
        ReceiveDrops = 2,
        SentBytes = 5_000,
        SentPackets = 50,
        SendErrors = 0,
        SendDrops = Reading.Unsupported<ulong>("not counted"),
        ReceivedMulticast = 7UL,
        Collisions = 0UL,
    };
}
