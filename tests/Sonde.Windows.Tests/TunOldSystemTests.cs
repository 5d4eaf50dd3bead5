using Sonde.Packets;
using Sonde.Tun;

namespace Sonde.Windows.Tests;

/// <summary>A Windows before 10 2004, whose iphlpapi.dll has no call for name servers.</summary>
[Trait("pass", "tun-old")]
public sealed class TunOldSystemTests : IDisposable
{
    private readonly TunLookalike _lookalike = new(@"old\faketunip.dll");

    public void Dispose() => _lookalike.AssertClean();

    [Fact]
    public void Name_servers_are_unavailable_and_everything_before_them_is_taken_back()
    {
        using TunDevice device = TunDevice.Open(_lookalike.Options());
        string before = _lookalike.State;

        TunException refused = Assert.Throws<TunException>(() => device.Configure(new TunConfiguration
        {
            Mtu = 1400,
            Addresses = [TunAddress.Parse("10.96.0.1/24")],
            Dns = new TunDns([InternetAddress.Parse("10.96.0.53")], []),
        }));

        Assert.Equal((TunFailure.Unavailable, "SetInterfaceDnsSettings"), (refused.Failure, refused.Operation));
        Assert.Contains("lacks the function", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(before, _lookalike.State);
    }
}
