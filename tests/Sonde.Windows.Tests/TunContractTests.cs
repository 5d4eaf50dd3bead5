using Sonde.Tests.Contracts;
using Sonde.Tun;

namespace Sonde.Windows.Tests;

/// <summary>The contract of TUN devices, over a look-alike of Wintun whose driver answers echo requests.</summary>
[Trait("pass", "tun")]
public sealed class TunContractTests : TunContract, IDisposable
{
    private readonly TunLookalike _lookalike = new();

    public TunContractTests() => _lookalike.Set(Driver.Echoes);

    public void Dispose() => _lookalike.AssertClean();

    protected override TunDevice Open()
    {
        TunOptions options = _lookalike.Options();
        return TunDevice.Open(options with { Configuration = new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] } });
    }
}
