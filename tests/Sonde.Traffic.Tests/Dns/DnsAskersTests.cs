using Sonde.Packets;
using Sonde.Packets.Applications;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Dns;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Tests.Dns;

/// <summary>Which process asked, as the kernel tells it, and why nobody is named.</summary>
public sealed class DnsAskersTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly KernelDouble _kernel = new();

    [Fact]
    public void A_port_that_another_process_has_later_is_asked_for_again()
    {
        using DnsAskers askers = Open();
        FlowKey flow = Flow("10.0.0.1", 40_000);
        askers.Want(flow);
        Tell(askers, flow, pid: 1);
        Assert.Equal(1, askers.Attribute(Exchange(flow), out bool isFinal).ProcessId);
        Assert.True(isFinal);

        _time.Advance(TimeSpan.FromSeconds(11));
        askers.Want(flow);

        Assert.Null(askers.Attribute(Exchange(flow), out isFinal).ProcessId);
        Assert.False(isFinal);
        Tell(askers, flow, pid: 2);
        Assert.Equal(2, askers.Attribute(Exchange(flow), out _).ProcessId);
    }

    [Fact]
    public void What_the_kernel_tells_before_the_packet_comes_counts_and_of_other_ports_nothing_is_kept()
    {
        using DnsAskers askers = Open();
        FlowKey dns = Flow("10.0.0.1", 40_000);
        FlowKey other = dns with { Remote = dns.Remote with { Port = 443 } };
        Tell(askers, other, pid: 1);
        Tell(askers, dns, pid: 1);

        Assert.Equal(1, askers.Attribute(Exchange(dns), out _).ProcessId);
        Assert.Null(askers.Attribute(Exchange(other), out _).ProcessId);
    }

    [Theory]
    [InlineData("127.0.0.1", UnownedReason.Closed)]
    [InlineData("203.0.113.99", UnownedReason.Foreign)]
    public void Who_is_not_found_is_gone_or_another_host(string client, UnownedReason reason)
    {
        using DnsAskers askers = Open();

        Assert.Equal(reason, askers.Attribute(Exchange(Flow(client, 40_000)), out _).UnownedReason);
    }

    [Fact]
    public void Endpoints_beyond_the_table_push_out_those_seen_first()
    {
        using DnsAskers askers = Open();
        for (int port = 1; port <= 8193; port++)
        {
            askers.Want(Flow("10.0.0.1", (ushort)port));
        }

        askers.Attribute(Exchange(Flow("10.0.0.1", 1)), out bool isForgotten);
        askers.Attribute(Exchange(Flow("10.0.0.1", 2)), out bool isFinal);
        Assert.Equal((true, false), (isForgotten, isFinal));
    }

    public void Dispose() => _kernel.Dispose();

    private static FlowKey Flow(string client, ushort port) =>
        new(IPProtocol.Udp, new FlowEndpoint(InternetAddress.Parse(client), port), new FlowEndpoint(InternetAddress.Parse("10.0.0.53"), 53));

    private static DnsExchange Exchange(FlowKey flow) => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Kind = DnsKind.Dns,
        Transport = flow.Protocol,
        Client = flow.Local,
        Resolver = flow.Remote,
        Responder = flow.Remote,
        Id = 1,
        Name = "a.test",
        Type = DnsRecordType.A,
        Outcome = DnsOutcome.Answered,
    };

    private DnsAskers Open() => new(_kernel, sockets: null, static port => port == 53, _time);

    private void Tell(DnsAskers askers, FlowKey flow, int pid)
    {
        _kernel.Sockets.ByCookie[7] = TestLedger.Clue(pid);
        _kernel.Next = new FlowCount(new FlowIdentity(flow, 0), new TrafficCounters(0, 60, 0, 1), 7, 1, FlowSigns.None);
        askers.Look();
    }

    private sealed class KernelDouble : TrafficSource
    {
        internal TestOwners Sockets { get; } = new();

        internal FlowCount? Next { get; set; }

        internal override TrafficBackend Backend => TrafficBackend.Bpf;

        internal override OwnerSource Owners => Sockets;

        internal override void Drain(ITrafficSink sink)
        {
            if (Next is { } count)
            {
                sink.Count(count);
                Next = null;
            }
        }

        internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
