using System.Runtime.Versioning;
using Sonde.Testing;
using Sonde.Tests.Contracts;
using Sonde.Tun;

namespace Sonde.System.Tests.Tun;

/// <summary>The contract of TUN devices, over the real kernel: it answers echo requests itself.</summary>
[SupportedOSPlatform("linux")]
public sealed class TunContractTests : TunContract, IDisposable
{
    private readonly NetworkNamespace _space = NeedsRoot.QuietNamespace();

    protected override int CancelledReceives => 5000;

    public void Dispose() => _space.Dispose();

    protected override TunDevice Open() => _space.Run(() => TunDevice.Open(new TunOptions
    {
        Name = "contract0",
        Configuration = new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] },
    }));
}
