using System.Diagnostics;
using Sonde.Host.Interfaces;

namespace Sonde.Host.Tests;

public sealed class InterfaceRatesTests
{
    [Fact]
    public void Rates_use_the_time_that_really_passed()
    {
        InterfaceSnapshot earlier = Snapshot(0, "eth0", Counters(1000, 10));
        InterfaceSnapshot later = Snapshot(2 * Stopwatch.Frequency, "eth0", Counters(5000, 18));

        InterfaceRates rates = InterfaceRates.Between(earlier, later, 4).Value;

        Assert.Equal(TimeSpan.FromSeconds(2), rates.Elapsed);
        Assert.Equal(2000, rates.ReceivedBytesPerSecond);
        Assert.Equal(4, rates.ReceivedPacketsPerSecond);
    }

    [Fact]
    public void The_first_reading_has_no_rate_rather_than_the_counters_since_boot() =>
        Assert.Equal(ReadingStatus.NotCollected, InterfaceRates.Between(null, Snapshot(1, "eth0", Counters(1, 1)), 4).Status);

    [Fact]
    public void Counters_that_went_backwards_give_a_reason_not_a_huge_rate() =>
        Assert.Equal(
            "none: the counters were reset",
            InterfaceRates.Between(Snapshot(0, "eth0", Counters(5000, 5)), Snapshot(Stopwatch.Frequency, "eth0", Counters(10, 1)), 4).ToString());

    [Fact]
    public void An_index_that_was_given_to_another_interface_is_a_new_interface() =>
        Assert.Equal(
            ReadingStatus.NotCollected,
            InterfaceRates.Between(Snapshot(0, "old0", Counters(1, 1)), Snapshot(Stopwatch.Frequency, "eth0", Counters(9, 9)), 4).Status);

    [Fact]
    public void Two_readings_at_the_same_moment_give_no_rate() =>
        Assert.Equal(ReadingStatus.NotCollected, InterfaceRates.Between(Snapshot(5, "eth0", Counters(1, 1)), Snapshot(5, "eth0", Counters(9, 9)), 4).Status);

    [Fact]
    public void An_interface_that_vanished_is_gone() =>
        Assert.Equal(ReadingStatus.Gone, InterfaceRates.Between(Snapshot(0, "eth0", Counters(1, 1)), Snapshot(9, "eth0", Counters(1, 1)) with { Interfaces = [] }, 4).Status);

    [Fact]
    public void Counters_that_could_not_be_read_give_their_reason() =>
        Assert.Equal(
            "denied: no",
            InterfaceRates.Between(Snapshot(0, "eth0", Counters(1, 1)), Snapshot(9, "eth0", Reading.Denied<InterfaceCounters>("no")), 4).ToString());

    private static InterfaceCounters Counters(ulong bytes, ulong packets) => new()
    {
        ReceivedBytes = bytes,
        ReceivedPackets = packets,
        ReceiveErrors = 0,
        ReceiveDrops = 0,
        SentBytes = 0,
        SentPackets = 0,
        SendErrors = 0,
        SendDrops = 0UL,
        ReceivedMulticast = 0UL,
        Collisions = 0UL,
    };

    private static InterfaceSnapshot Snapshot(long timestamp, string name, Reading<InterfaceCounters> counters) => new(
        "test",
        timestamp,
        [
            new NetworkInterface
            {
                Name = name,
                Index = 4,
                Kind = InterfaceKind.Ethernet,
                KindName = "ether",
                LinkType = "ether",
                HardwareAddress = Reading.None<HardwareAddress>(),
                Mtu = 1500,
                AdministrativeState = AdministrativeState.Up,
                OperationalState = OperationalState.Up,
                Flags = [],
                LinkSpeedBitsPerSecond = Reading.None<long>(),
                Addresses = Reading.Ok<IReadOnlyList<InterfaceAddress>>([]),
                Counters = counters,
                DefaultGateways = Reading.Ok<IReadOnlyList<DefaultGateway>>([]),
                DnsServers = Reading.Unsupported<IReadOnlyList<System.Net.IPAddress>>("test"),
                SearchDomains = Reading.Unsupported<IReadOnlyList<string>>("test"),
            },
        ],
        []);
}
