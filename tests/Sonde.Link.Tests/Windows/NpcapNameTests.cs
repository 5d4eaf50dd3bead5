using Sonde.Link.Windows;

namespace Sonde.Link.Tests.Windows;

public sealed class NpcapNameTests
{
    private const string Braced = "{0A1B2C3D-1111-2222-3333-444455556666}";

    [Theory]
    [InlineData(@"\Device\NPF_{0A1B2C3D-1111-2222-3333-444455556666}")]
    [InlineData(@"\device\npf_{0a1b2c3d-1111-2222-3333-444455556666}")]
    [InlineData("{0a1b2c3d-1111-2222-3333-444455556666}")]
    [InlineData("0a1b2c3d-1111-2222-3333-444455556666")]
    public void The_identifier_is_found_however_it_is_written(string name)
    {
        Assert.True(NpcapName.TryGetGuid(name, out string? guid));
        Assert.Equal(Braced, guid);
        Assert.Equal(@"\Device\NPF_" + Braced, NpcapName.Of(guid));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Ethernet 2")]
    [InlineData(@"\Device\NPF_")]
    [InlineData(@"\Device\NPF_Loopback")]
    [InlineData("{0a1b2c3d-1111-2222-3333-44445555666}")]
    [InlineData("0a1b2c3d111122223333444455556666")]
    [InlineData(@"x\Device\NPF_{0a1b2c3d-1111-2222-3333-444455556666}")]
    public void What_holds_none_is_no_device(string name)
    {
        Assert.False(NpcapName.TryGetGuid(name, out string? guid));
        Assert.Null(guid);
    }

    [Fact]
    public void An_adapter_answers_to_its_names_only()
    {
        var adapter = new WindowsAdapter { Guid = Braced, FriendlyName = "Ethernet 2", Type = 6 };

        Assert.True(adapter.IsNamed("ethernet 2"));
        Assert.True(adapter.IsNamed(Braced.ToLowerInvariant()));
        Assert.True(adapter.IsNamed(NpcapName.Of(Braced)));
        Assert.False(adapter.IsNamed("Ethernet"));
        Assert.False(adapter.IsNamed(Braced.Replace('D', 'E')));
        Assert.False(adapter.IsNamed(NpcapName.Loopback));
        Assert.True((adapter with { Type = 24 }).IsNamed(NpcapName.Loopback));
    }

    [Theory]
    [InlineData(24, 0xFFFF_FF00u)]
    [InlineData(32, 0xFFFF_FFFFu)]
    [InlineData(1, 0x8000_0000u)]
    public void The_mask_is_that_of_the_first_IPv4_address(int prefix, uint mask)
    {
        WindowsAdapterAddress[] addresses =
        [
            new(Packets.InternetAddress.Parse("2001:db8::1"), 64, 0),
            new(Packets.InternetAddress.Parse("192.0.2.1"), prefix, 0),
            new(Packets.InternetAddress.Parse("192.0.2.2"), 8, 0),
        ];
        var adapter = new WindowsAdapter { Guid = Braced, FriendlyName = "a", Addresses = addresses };

        Assert.Equal(mask, adapter.IPv4Mask);
        Assert.Null((adapter with { Addresses = [addresses[0]] }).IPv4Mask);
        Assert.Null((adapter with { Addresses = [] }).IPv4Mask);
    }
}
