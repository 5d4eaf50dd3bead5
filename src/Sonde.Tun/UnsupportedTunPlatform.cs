using System.Runtime.InteropServices;

namespace Sonde.Tun;

/// <summary>A system that Sonde has no TUN backend for yet: nothing to try, and opening says so.</summary>
internal sealed class UnsupportedTunPlatform : TunPlatform
{
    private const string Why = "this version of Sonde has TUN devices on Linux and Windows only";

    internal override TunDevice Open(TunOptions options) => throw Refusal("open", null);

    internal override TunDevice Adopt(SafeHandle handle, TunOptions options)
    {
        handle.Dispose();
        throw Refusal("adopt", null);
    }

    internal override IReadOnlyList<TunAccess> CheckAccess() => [];

    internal override IReadOnlyList<TunDeviceInfo> List() => throw Refusal("list", null);

    internal override void Delete(string name) => throw Refusal("delete", name);

    internal override TunWatch Watch(string name) => throw Refusal("watch", name);

    private static TunException Refusal(string operation, string? device) => new(TunFailure.Unavailable, operation, device, 0, Why);
}
