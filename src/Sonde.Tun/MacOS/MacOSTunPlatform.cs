using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Tun.MacOS;

/// <summary>macOS: the utun control of the kernel, ioctl, and the routing socket.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSTunPlatform : TunPlatform
{
    internal override TunDevice Open(TunOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MacOS.PendingPackets, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MacOS.ReceiveBufferSize, 4096, nameof(options));
        return MacOSTunDevice.Create(options);
    }

    internal override TunDevice Adopt(SafeHandle handle, TunOptions options) => MacOSTunDevice.Take(handle, options);

    internal override IReadOnlyList<TunAccess> CheckAccess() => [CheckControl(), CheckConfiguration()];

    internal override IReadOnlyList<TunDeviceInfo> List() => MacOSTunConfiguration.List();

    internal override TunWatch Watch(string name) => new MacOSTunWatch(Find(name).Name);

    // An interface ends with the socket that made it, and nobody else can end it.
    internal override void Delete(string name)
    {
        Find(name);
        throw new TunException(TunFailure.Busy, "delete", name, 0, "a process holds this interface, which ends with that process");
    }

    private static TunDeviceInfo Find(string name) =>
        MacOSTunConfiguration.List().FirstOrDefault(one => one.Name == name)
        ?? throw (MacOSTunConfiguration.Find(name) is null
            ? new TunException(TunFailure.NotFound, "getifaddrs", name, 0, "there is no such interface")
            : new TunException(TunFailure.Invalid, "ioctl(SIOCGIFTYPE)", name, 0, "this interface is no utun"));

    private static TunAccess CheckControl()
    {
        const string Name = "utun";
        const string Provides = "TUN devices: packets in and out of this process";
        try
        {
            UtunSocket.Open(out _).Dispose();
        }
        catch (NativeException refused)
        {
            return TunAccess.From(Name, Provides, MacOSTunDevice.Explain(refused, null), "root");
        }

        // To try it would make an interface, which others would see: the kernel asks for nothing but the user.
        if (LibSystem.geteuid() != 0)
        {
            return new TunAccess(
                Name, TunAccessState.Denied, Provides, "geteuid", "the utun control serves root only", Darwin.EPERM, ["root"]);
        }

        return new TunAccess(
            Name,
            TunAccessState.Available,
            Provides,
            "ioctl(CTLIOCGINFO)",
            UtunSocket.HasBatchedCalls() ? null : "one packet a call: this system exports no recvmsg_x and sendmsg_x");
    }

    private static TunAccess CheckConfiguration()
    {
        const string Name = "PF_ROUTE";
        const string Provides = "addresses, MTU, up and down, routes, changes";
        try
        {
            using var socket = RouteSocket.Open();
            MacOSTunConfiguration.List();
            return new TunAccess(Name, TunAccessState.Available, Provides, "socket(PF_ROUTE)");
        }
        catch (NativeException refused)
        {
            return TunAccess.From(Name, Provides, TunException.From(refused, null), "root");
        }
        catch (TunException refused)
        {
            return TunAccess.From(Name, Provides, refused, "root");
        }
    }
}
