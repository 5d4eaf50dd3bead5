using System.Net;
using Sonde.Host.Interfaces.Windows;

namespace Sonde.Host.Tests.Windows;

public sealed class SocketAddressReaderTests
{
    // AF_INET, port 0, 192.0.2.1, padding.
    private static readonly byte[] s_v4 = Convert.FromHexString("0200" + "0000" + "C0000201" + "0000000000000000");

    // AF_INET6, port 0, flow 0, fe80::1, scope 12.
    private static readonly byte[] s_v6 = Convert.FromHexString("1700" + "0000" + "00000000" + "FE800000000000000000000000000001" + "0C000000");

    [Fact]
    public void An_IPv4_address_is_read_without_its_padding()
    {
        Assert.True(SocketAddressReader.TryRead(s_v4.AsSpan(0, 8), out IPAddress address));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), address);
    }

    [Fact]
    public void A_link_local_address_keeps_its_scope_id()
    {
        Assert.True(SocketAddressReader.TryRead(s_v6, out IPAddress address));
        Assert.Equal("fe80::1%12", address.ToString());
    }

    [Fact]
    public void A_global_address_has_no_scope_id_whatever_the_system_left_there()
    {
        byte[] global = [.. s_v6];
        global[8] = 0x20;
        global[9] = 0x01;

        Assert.True(SocketAddressReader.TryRead(global, out IPAddress address));
        Assert.Equal(0, address.ScopeId);
    }

    [Fact]
    public void Every_prefix_is_an_address_or_refused()
    {
        for (int length = 0; length <= s_v4.Length; length++)
        {
            Assert.Equal(length >= 8, SocketAddressReader.TryRead(s_v4.AsSpan(0, length), out _));
        }

        for (int length = 0; length <= s_v6.Length; length++)
        {
            Assert.Equal(length >= 24, SocketAddressReader.TryRead(s_v6.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void An_unknown_family_is_refused()
    {
        byte[] unix = [.. s_v4];
        unix[0] = 1;

        Assert.False(SocketAddressReader.TryRead(unix, out _));
    }
}
