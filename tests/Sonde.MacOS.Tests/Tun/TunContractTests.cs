using Sonde.Tests.Contracts;
using Sonde.Tun;

namespace Sonde.MacOS.Tests.Tun;

/// <summary>The contract of TUN devices, over a look-alike of utun whose host answers echo requests.</summary>
public sealed class TunContractTests : TunContract, IDisposable
{
    private readonly LookAlike _system = new() { ["utun.echo"] = 1 };

    public void Dispose() => _system.Dispose();

    protected override TunDevice Open() => Utun.Open(new TunOptions { Configuration = Utun.With("10.96.0.1/24") });
}
