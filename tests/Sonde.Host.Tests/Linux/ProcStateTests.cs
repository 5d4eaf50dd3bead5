using System.Net;
using System.Net.Sockets;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Linux;

namespace Sonde.Host.Tests.Linux;

public sealed class ProcStateTests
{
    private static readonly ProcState.Link s_link = new("eth0", 4, 0x41, 1500L);

    private static readonly InterfaceAddress s_address = new() { Address = IPAddress.Loopback, PrefixLength = 8, Scope = AddressScope.Unknown };

    private static ProcState.Route Route(string router) =>
        new("eth0", new DefaultGateway(AddressFamily.InterNetwork, IPAddress.Parse(router), 0L, Reading.Unsupported<string>("x")));

    [Fact]
    public void Equal_looks_differ_in_nothing() =>
        Assert.Equal(
            InterfaceChange.None,
            new ProcState([s_link], [s_address], [Route("192.0.2.1")]).ChangesSince(new ProcState([s_link], [s_address with { }], [Route("192.0.2.1")])));

    [Fact]
    public void Each_part_that_differs_is_named()
    {
        var earlier = new ProcState([s_link], [s_address], [Route("192.0.2.1")]);

        Assert.Equal(InterfaceChange.Links, (earlier with { Links = [s_link with { Flags = 0x1 }] }).ChangesSince(earlier));
        Assert.Equal(InterfaceChange.Links, (earlier with { Links = [s_link with { Mtu = 1400L }] }).ChangesSince(earlier));
        Assert.Equal(InterfaceChange.Addresses, (earlier with { Addresses = [s_address with { PrefixLength = 9 }] }).ChangesSince(earlier));
        Assert.Equal(InterfaceChange.Routes, (earlier with { Routes = [Route("192.0.2.2")] }).ChangesSince(earlier));
        Assert.Equal(InterfaceChange.Links | InterfaceChange.Addresses | InterfaceChange.Routes, new ProcState([], [], []).ChangesSince(earlier));
    }
}
