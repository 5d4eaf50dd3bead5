using Sonde.Host.Privileges.Linux;

namespace Sonde.Host.Tests.Linux;

public sealed class CapabilityTests
{
    [Fact]
    public void Names_and_bits_go_both_ways()
    {
        for (int number = 0; number < 64; number++)
        {
            Assert.Equal(1UL << number, CapabilityNames.ToSet([CapabilityNames.Of(number)]));
        }

        Assert.Equal("CAP_NET_RAW", CapabilityNames.Of(13));
        Assert.Equal("CAP_CHECKPOINT_RESTORE", CapabilityNames.Of(40));
        Assert.Equal("CAP_41", CapabilityNames.Of(41));
        Assert.Equal(["CAP_NET_ADMIN", "CAP_NET_RAW"], CapabilityNames.Of(0x3000UL));
    }

    [Theory]
    [InlineData("CAP_EVERYTHING")]
    [InlineData("CAP_64")]
    [InlineData("net_raw")]
    [InlineData("")]
    public void A_name_that_is_no_capability_is_refused(string name) => Assert.Throws<ArgumentException>(() => CapabilityNames.ToSet([name]));

    [Fact]
    public void A_threads_rights_are_read_from_its_status()
    {
        Assert.True(ThreadStatus.TryParse("Name:\tx y\nUid:\t0\t0\nCapInh:\t0000000000000001\nCapPrm:\t000001ffffffffff\nCapEff:\t0000000000003000\nCapAmb:\t0000000000000002\nNoNewPrivs:\t1\n"u8, out ThreadStatus? status));

        Assert.Equal(new ThreadStatus("x y", 0x1FFFFFFFFFF, 0x3000, 1, 2, true), status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Name:\tx\n")]
    [InlineData("::::\n\n:")]
    public void A_status_without_the_permitted_set_is_none(string text) => Assert.False(ThreadStatus.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Hostile_numbers_read_as_nothing_held() =>
        Assert.True(ThreadStatus.TryParse("CapPrm:\tzz\nCapEff:\tfffffffffffffffffffff\n"u8, out ThreadStatus? status) && status!.All == 0);
}
