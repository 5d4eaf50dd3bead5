using Sonde.Tun.Linux;

namespace Sonde.Tun.Tests;

/// <summary>Which kernels are known bad, by the many ways in which a release is written.</summary>
public sealed class LinuxTunQuirksTests
{
    private const TunOffloadFeatures Everything = TunOffloadFeatures.TcpIPv4 | TunOffloadFeatures.TcpIPv6 | TunOffloadFeatures.TcpEcn | TunOffloadFeatures.Udp;

    [Theory]
    [InlineData("6.6.44")]
    [InlineData("6.6.44-1-default")]
    [InlineData("6.6.44-generic")]
    [InlineData("6.6.44+")]
    [InlineData("6.6.44_1")]
    [InlineData("6.6.44.pve")]
    [InlineData("6.6.44xanmod1")]
    [InlineData("6.6.44~bpo12+1")]
    [InlineData("6.6.44-microsoft-standard-WSL2")]
    public void Linux_6_6_44_uses_no_super_packets(string release)
    {
        var quirks = LinuxTunQuirks.Of(release);

        Assert.Equal(Everything, quirks.Avoided);
        Assert.Contains("6.6.44", quirks.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7.0", "7.0.0")]
    [InlineData("7.0.0-rc3", "7.0.0")]
    [InlineData("7.0-rc1", "7.0.0")]
    [InlineData("7.0.99", "7.0.99")]
    [InlineData("7.1", "7.1.0")]
    [InlineData("7.1rc2", "7.1.0")]
    [InlineData("7.1.0-rc7-next-20260701", "7.1.0")]
    [InlineData("7.1.3-200.fc44.x86_64", "7.1.3")]
    [InlineData("7.1.4", "7.1.4")]
    public void From_7_0_to_7_1_4_UDP_goes_in_plain_packets(string release, string told)
    {
        var quirks = LinuxTunQuirks.Of(release);

        Assert.Equal(TunOffloadFeatures.Udp, quirks.Avoided);
        Assert.Contains($"Linux {told} ", quirks.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("6.6.43")]
    [InlineData("6.6.45-1-default")]
    [InlineData("6.6.440")]
    [InlineData("6.6")]
    [InlineData("6.16.44")]
    [InlineData("16.6.44")]
    [InlineData("6.60.44")]
    [InlineData("5.10.0-44-amd64")]
    [InlineData("6.1.0-6.6.44")]
    [InlineData("6.12.44")]
    [InlineData("7.1.5")]
    [InlineData("7.1.10")]
    [InlineData("7.2.0-rc1")]
    [InlineData("17.0.1")]
    [InlineData("4.4.0")]
    public void Other_kernels_are_not_known_for_anything(string release)
    {
        var quirks = LinuxTunQuirks.Of(release);

        Assert.Equal(TunOffloadFeatures.None, quirks.Avoided);
        Assert.Null(quirks.Note);
    }

    [Theory]
    [InlineData("")]
    [InlineData("6")]
    [InlineData(".")]
    [InlineData("...")]
    [InlineData("-6.6.44")]
    [InlineData("v6.6.44")]
    [InlineData("6..44")]
    [InlineData("6.x.44")]
    [InlineData("6.6.44444444444444444444")]
    [InlineData("99999999999999999999.6.44")]
    [InlineData(" 6.6.44")]
    [InlineData("linux")]
    [InlineData("٦.٦.٤٤")]
    [InlineData("6\u00006.44")]
    public void What_is_no_release_is_not_known_for_anything(string release) => Assert.Equal(new LinuxTunQuirks(TunOffloadFeatures.None, null), LinuxTunQuirks.Of(release));
}
