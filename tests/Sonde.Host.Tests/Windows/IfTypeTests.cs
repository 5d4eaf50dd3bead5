using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Windows;

namespace Sonde.Host.Tests.Windows;

public sealed class IfTypeTests
{
    [Theory]
    [InlineData(6u, null, InterfaceKind.Ethernet, "IF_TYPE_ETHERNET_CSMACD")]
    [InlineData(23u, null, InterfaceKind.Ppp, "IF_TYPE_PPP")]
    [InlineData(24u, null, InterfaceKind.Loopback, "IF_TYPE_SOFTWARE_LOOPBACK")]
    [InlineData(53u, null, InterfaceKind.Other, "IF_TYPE_PROP_VIRTUAL")]
    [InlineData(53u, 0, InterfaceKind.Other, "IF_TYPE_PROP_VIRTUAL")]
    [InlineData(53u, 19, InterfaceKind.Tun, "IF_TYPE_PROP_VIRTUAL")]
    [InlineData(71u, null, InterfaceKind.Wifi, "IF_TYPE_IEEE80211")]
    [InlineData(131u, null, InterfaceKind.Tunnel, "IF_TYPE_TUNNEL")]
    [InlineData(135u, null, InterfaceKind.Vlan, "IF_TYPE_L2_VLAN")]
    [InlineData(209u, null, InterfaceKind.Bridge, "IF_TYPE_BRIDGE")]
    [InlineData(243u, null, InterfaceKind.Cellular, "IF_TYPE_WWANPP")]
    [InlineData(244u, null, InterfaceKind.Cellular, "IF_TYPE_WWANPP2")]
    [InlineData(9999u, null, InterfaceKind.Other, "IF_TYPE_9999")]
    public void Types_have_a_kind_and_the_systems_own_name(uint type, int? medium, InterfaceKind kind, string name)
    {
        Assert.Equal(kind, IfType.KindOf(type, medium));
        Assert.Equal(name, IfType.NameOf(type));
    }

    [Theory]
    [InlineData(0, "NdisMedium802_3")]
    [InlineData(16, "NdisMediumNative802_11")]
    [InlineData(19, "NdisMediumIP")]
    [InlineData(77, "NdisMedium_77")]
    public void Media_have_the_names_of_the_header(int medium, string name) => Assert.Equal(name, IfType.MediumName(medium));
}
