using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Tun.Linux;

/// <summary>Linux: /dev/net/tun and rtnetlink.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxTunPlatform : TunPlatform
{
    internal override TunDevice Open(TunOptions options) => LinuxTunDevice.Create(options);

    internal override TunDevice Adopt(SafeHandle handle, TunOptions options) => LinuxTunDevice.Take(handle, options);

    internal override IReadOnlyList<TunAccess> CheckAccess() => [CheckDevice(), CheckSuperPackets(), CheckConfiguration()];

    internal override IReadOnlyList<TunDeviceInfo> List()
    {
        using LinuxTunConfiguration configuration = LinuxTunConfiguration.Open();
        return
        [
            .. configuration.ListTuns().Select(link => new TunDeviceInfo(
                link.Name,
                link.Index,
                new TunState(link.IsUp, link.Mtu, configuration.ListAddresses(link.Index, link.Name)),
                link.IsPersistent,
                link.OwnerId,
                link.QueueCount)),
        ];
    }

    internal override TunWatch Watch(string name)
    {
        using LinuxTunConfiguration configuration = LinuxTunConfiguration.Open();
        return new LinuxTunWatch(FindTun(configuration, name).Index, name);
    }

    internal override void Delete(string name)
    {
        using LinuxTunConfiguration configuration = LinuxTunConfiguration.Open();
        LinuxTunLink link = FindTun(configuration, name);

        // The kernel would take it away from under whoever holds it.
        if (!link.IsPersistent || link.QueueCount > 0 || (link.QueueCount is null && IsHeld(name)))
        {
            throw new TunException(TunFailure.Busy, "netlink(RTM_DELLINK)", name, 0, "a process holds this device, which ends with that process");
        }

        configuration.DeleteLink(link.Index, name);
    }

    private static LinuxTunLink FindTun(LinuxTunConfiguration configuration, string name)
    {
        LinuxTunLink link = configuration.FindLink(name)
            ?? throw new TunException(TunFailure.NotFound, "netlink(RTM_GETLINK)", name, 0, "there is no interface of that name");
        return link.IsTun ? link : throw new TunException(TunFailure.Invalid, "netlink(RTM_GETLINK)", name, 0, "this interface is no TUN device");
    }

    // A device with one queue refuses a second holder, and does not say otherwise whether it has a first.
    private static bool IsHeld(string name)
    {
        try
        {
            using var file = TunFile.Open();
            file.Attach(name, LibC.IFF_TUN | LibC.IFF_NO_PI);
            return false;
        }
        catch (NativeException refused)
        {
            return refused.Error.Code == Interop.Unix.LibC.EBUSY;
        }
    }

    private static TunAccess CheckDevice()
    {
        const string Provides = "TUN devices: packets in and out of this process";
        try
        {
            using var file = TunFile.Open();
            try
            {
                // A name that no interface has, and neither TUN nor TAP: refused for want of a right before it is refused for being neither.
                file.Attach("sonde%d", LibC.IFF_NO_PI);
            }
            catch (NativeException refused) when (refused.Error.Code == Netlink.EINVAL)
            {
                // The right is there; nothing was made.
            }

            return new TunAccess(TunFile.Path, TunAccessState.Available, Provides, "ioctl(TUNSETIFF)");
        }
        catch (NativeException refused)
        {
            return TunAccess.From(TunFile.Path, Provides, LinuxTunDevice.Explain(refused, null), "CAP_NET_ADMIN");
        }
    }

    private static TunAccess CheckSuperPackets()
    {
        const string Name = "super-packets";
        const string Provides = "packets of up to 64 KiB at once, for offload segmented and raw; several queues";
        try
        {
            using var file = TunFile.Open();
            uint features = file.ReadFeatures();
            string? missing = LinuxTunQuirks.OfThisKernel().Note;
            if ((features & LibC.IFF_MULTI_QUEUE) == 0)
            {
                missing = "one queue only";
            }

            return (features & LibC.IFF_VNET_HDR) != 0
                ? new TunAccess(Name, TunAccessState.Available, Provides, "ioctl(TUNGETFEATURES)", missing)
                : new TunAccess(Name, TunAccessState.Unavailable, Provides, "ioctl(TUNGETFEATURES)", "this kernel's TUN driver has no IFF_VNET_HDR");
        }
        catch (NativeException refused)
        {
            return TunAccess.From(Name, Provides, LinuxTunDevice.Explain(refused, null), "CAP_NET_ADMIN");
        }
    }

    private static TunAccess CheckConfiguration()
    {
        const string Name = "rtnetlink";
        const string Provides = "addresses, MTU, up and down, routes, changes";
        try
        {
            using LinuxTunConfiguration configuration = LinuxTunConfiguration.Open();
            configuration.ListTuns();
            return new TunAccess(Name, TunAccessState.Available, Provides, "netlink(RTM_GETLINK)");
        }
        catch (TunException refused)
        {
            return TunAccess.From(Name, Provides, refused, "CAP_NET_ADMIN");
        }
    }
}
