using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Linux;

namespace Sonde.Host.Tests.Linux;

public sealed class AddressMessageTests
{
    // 10.2.0.1 peer 10.2.0.2/32 on index 7, with a label and the permanent flag.
    private static readonly byte[] s_peer = Convert.FromHexString(
        "02208000" + "07000000" + "08000100" + "0A020002" + "08000200" + "0A020001" + "09000300" + "74756E3000" + "000000"
        + "08000800" + "80000000" + "14000600" + "FFFFFFFF" + "FFFFFFFF" + "00000000" + "00000000");

    // fe80::1/64, deprecated and temporary, valid 3600 s, preferred 0 s.
    private static readonly byte[] s_linkLocal = Convert.FromHexString(
        "0A4000FD" + "03000000" + "14000100" + "FE800000000000000000000000000001"
        + "08000800" + "21000000" + "14000600" + "00000000" + "100E0000" + "00000000" + "00000000");

    [Fact]
    public void Both_ends_of_a_point_to_point_address_are_told_apart()
    {
        Assert.True(AddressMessage.TryParse(s_peer, out int index, out InterfaceAddress? address));

        Assert.Equal(7, index);
        Assert.Equal("10.2.0.1", address!.Address.ToString());
        Assert.Equal("10.2.0.2", address.Peer.Value.ToString());
        Assert.Equal("tun0", address.Label.Value);
        Assert.Equal(AddressState.None, address.State);
        Assert.Equal(Timeout.InfiniteTimeSpan, address.ValidLifetime.Value);
    }

    [Fact]
    public void A_link_local_address_carries_its_interface_and_its_lifetimes()
    {
        Assert.True(AddressMessage.TryParse(s_linkLocal, out _, out InterfaceAddress? address));

        Assert.Equal("fe80::1%3", address!.Address.ToString());
        Assert.Equal(AddressScope.Link, address.Scope);
        Assert.Equal(AddressState.Temporary | AddressState.Deprecated | AddressState.Dynamic, address.State);
        Assert.Equal(TimeSpan.FromHours(1), address.ValidLifetime.Value);
        Assert.Equal(TimeSpan.Zero, address.PreferredLifetime.Value);
        Assert.Equal(ReadingStatus.None, address.Peer.Status);
    }

    [Fact]
    public void The_first_flag_means_secondary_for_IPv4_and_temporary_for_IPv6()
    {
        Assert.Equal(AddressState.Secondary, AddressMessage.ToState(0x81, 2));
        Assert.Equal(AddressState.Temporary, AddressMessage.ToState(0x81, 10));
    }

    [Theory]
    [InlineData(0, AddressScope.Global)]
    [InlineData(200, AddressScope.Site)]
    [InlineData(253, AddressScope.Link)]
    [InlineData(254, AddressScope.Host)]
    [InlineData(255, AddressScope.Nowhere)]
    [InlineData(77, AddressScope.Custom)]
    public void Scopes_keep_the_kernels_number(byte number, AddressScope scope) => Assert.Equal((scope, number), AddressMessage.ToScope(number));

    [Fact]
    public void No_prefix_or_mutation_throws()
    {
        var random = new Random(11);
        foreach (byte[] message in new[] { s_peer, s_linkLocal })
        {
            for (int length = 0; length <= message.Length; length++)
            {
                bool parsed = AddressMessage.TryParse(message.AsSpan(0, length), out _, out InterfaceAddress? address);
                Assert.Equal(parsed, address is not null);
            }

            for (int round = 0; round < 20_000; round++)
            {
                byte[] bytes = [.. message];
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                bool parsed = AddressMessage.TryParse(bytes, out _, out InterfaceAddress? address);
                Assert.Equal(parsed, address is not null);
            }
        }
    }
}
