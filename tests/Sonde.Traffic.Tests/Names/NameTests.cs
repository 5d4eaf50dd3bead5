using Sonde.Packets;
using Sonde.Testing;
using Sonde.Traffic.Dns;
using Sonde.Traffic.Names;

namespace Sonde.Traffic.Tests.Names;

public sealed class NameTests
{
    private static readonly InternetAddress s_address = InternetAddress.Parse("192.0.2.7");

    [Theory]
    [InlineData("8.8.8.8", AddressKind.Global)]
    [InlineData("127.1.2.3", AddressKind.Loopback)]
    [InlineData("10.255.0.1", AddressKind.Private)]
    [InlineData("172.15.255.255", AddressKind.Global)]
    [InlineData("172.16.0.0", AddressKind.Private)]
    [InlineData("172.31.255.255", AddressKind.Private)]
    [InlineData("172.32.0.0", AddressKind.Global)]
    [InlineData("192.168.1.1", AddressKind.Private)]
    [InlineData("169.254.9.9", AddressKind.LinkLocal)]
    [InlineData("100.64.0.1", AddressKind.Shared)]
    [InlineData("100.128.0.1", AddressKind.Global)]
    [InlineData("224.0.0.251", AddressKind.Multicast)]
    [InlineData("255.255.255.255", AddressKind.Broadcast)]
    [InlineData("203.0.113.9", AddressKind.Documentation)]
    [InlineData("198.19.0.1", AddressKind.Benchmarking)]
    [InlineData("0.0.0.0", AddressKind.Unspecified)]
    [InlineData("0.1.2.3", AddressKind.Reserved)]
    [InlineData("250.1.2.3", AddressKind.Reserved)]
    [InlineData("192.0.0.8", AddressKind.Reserved)]
    [InlineData("192.0.0.9", AddressKind.Global)]
    [InlineData("::", AddressKind.Unspecified)]
    [InlineData("::1", AddressKind.Loopback)]
    [InlineData("fe80::1", AddressKind.LinkLocal)]
    [InlineData("fd00::1", AddressKind.Private)]
    [InlineData("ff02::fb", AddressKind.Multicast)]
    [InlineData("2001:db8::1", AddressKind.Documentation)]
    [InlineData("2606:4700::1111", AddressKind.Global)]
    [InlineData("::ffff:10.0.0.1", AddressKind.Private)]
    [InlineData("4000::1", AddressKind.Reserved)]
    public void An_address_has_its_kind(string address, AddressKind kind) => Assert.Equal(kind, AddressKinds.Of(InternetAddress.Parse(address)));

    [Theory]
    [InlineData(IPProtocol.Tcp, 443, "https")]
    [InlineData(IPProtocol.Udp, 443, "http3")]
    [InlineData(IPProtocol.Udp, 53, "dns")]
    [InlineData(IPProtocol.Tcp, 5353, null)]
    [InlineData(IPProtocol.Tcp, 49_999, null)]
    [InlineData(IPProtocol.Icmp, 443, null)]
    public void A_port_has_the_service_that_is_usual_there(IPProtocol protocol, int port, string? name) => Assert.Equal(name, ServiceNames.Of(protocol, port));

    [Fact]
    public void A_connection_is_for_the_service_of_the_end_that_was_called()
    {
        var flow = new FlowKey(IPProtocol.Tcp, new FlowEndpoint(s_address, 5432), new FlowEndpoint(s_address, 8080));

        Assert.Equal("http-alt", ServiceNames.Of(flow, FlowDirection.Outgoing));
        Assert.Equal("postgresql", ServiceNames.Of(flow, FlowDirection.Incoming));
        Assert.Equal("postgresql", ServiceNames.Of(flow, FlowDirection.Unknown));
    }

    [Fact]
    public void The_last_name_that_was_heard_counts_as_long_as_it_holds_and_ten_minutes_at_least()
    {
        var time = new ManualTime();
        var names = new NameTable(4, time);
        names.Add(s_address, "old.test", 5, NameSource.Dns);
        names.Add(s_address, "new.test", 1200, NameSource.Dns);
        names.Add(InternetAddress.Parse("192.0.2.8"), "short.test", 5, NameSource.Multicast);

        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(new RemoteName("new.test", NameSource.Dns), Find(names, "192.0.2.7"));
        Assert.Equal(new RemoteName("short.test", NameSource.Multicast), Find(names, "192.0.2.8"));

        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("new.test", Find(names, "192.0.2.7").Name);
        Assert.Equal(default, Find(names, "192.0.2.8"));

        time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(default, Find(names, "192.0.2.7"));
    }

    [Fact]
    public void No_name_holds_longer_than_a_day()
    {
        var time = new ManualTime();
        var names = new NameTable(4, time);
        names.Add(s_address, "for.ever.test", 30 * 86_400, NameSource.Dns);

        time.Advance(TimeSpan.FromHours(23));
        Assert.Equal("for.ever.test", Find(names, "192.0.2.7").Name);
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(default, Find(names, "192.0.2.7"));
    }

    [Theory]
    [InlineData("192.0.2.7", "named.test")]
    [InlineData("127.0.0.1", null)]
    [InlineData("0.0.0.0", null)]
    [InlineData("ff02::fb", null)]
    public void Addresses_that_many_names_lead_to_are_given_none(string address, string? name)
    {
        using NameWatch watch = NameWatch.Open(TimeProvider.System);
        ((IDnsSink)watch).Name(InternetAddress.Parse(address), "named.test", 60, default);

        Assert.Equal(name, Find(watch.Names, address).Name);
    }

    [Fact]
    public void Names_beyond_the_table_push_out_those_heard_first_and_are_counted()
    {
        var names = new NameTable(4, new ManualTime());
        for (int at = 0; at < 10; at++)
        {
            names.Add(InternetAddress.Parse($"192.0.2.{at}"), $"n{at}.test", 60, NameSource.Dns);
        }

        Assert.Equal(new FillLevel("heard names", 4, 4, 6), names.FillLevel);
        Assert.Equal(default, Find(names, "192.0.2.5"));
        Assert.Equal("n9.test", Find(names, "192.0.2.9").Name);
    }

    [Fact]
    public void To_hear_the_same_again_allocates_nothing()
    {
        var names = new NameTable(16, TimeProvider.System);
        void Work()
        {
            for (int round = 0; round < 100; round++)
            {
                names.Add(s_address, "again.test", 60, NameSource.Dns);
            }
        }

        Work();
        Assert.Equal(0, AllocationWatch.Least(Work));
    }

    private static RemoteName Find(NameTable names, string address) => names.TryFind(InternetAddress.Parse(address), out RemoteName name) ? name : default;
}
