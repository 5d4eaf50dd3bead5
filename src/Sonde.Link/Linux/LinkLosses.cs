using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>How many frames an interface or its driver lost since the device was opened, by rtnetlink.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinkLosses : IDisposable
{
    private readonly NetlinkSocket _netlink;
    private readonly int _index;
    private ulong _before;
    private long _lost;

    private LinkLosses(NetlinkSocket netlink, int index)
    {
        _netlink = netlink;
        _index = index;
    }

    /// <summary>Starts to count; null where netlink is refused, as in some sandboxes, and for all interfaces together.</summary>
    internal static LinkLosses? TryOpen(int index)
    {
        if (index == 0)
        {
            return null;
        }

        NetlinkSocket? netlink = null;
        try
        {
            netlink = NetlinkSocket.Open(Netlink.NETLINK_ROUTE);
            var losses = new LinkLosses(netlink, index);
            losses._before = losses.Ask();
            return losses;
        }
        catch (NativeException)
        {
            netlink?.Dispose();
            return null; // told to the caller as a count that is not known
        }
    }

    /// <summary>The count; of an interface that is gone, the last one known.</summary>
    internal long Read()
    {
        try
        {
            ulong now = Ask();
            _lost += now >= _before ? (long)(now - _before) : (long)now; // a driver that was reset counts from zero
            _before = now;
        }
        catch (NativeException gone) when (gone.Error.Code is Netlink.ENODEV or Netlink.ENXIO)
        {
            return _lost;
        }

        return _lost;
    }

    public void Dispose() => _netlink.Dispose();

    private ulong Ask()
    {
        ulong lost = 0;
        NetlinkRequest request = new NetlinkRequest(RtNetlink.RTM_GETLINK).Add(new ifinfomsg { ifi_index = _index });
        _netlink.Request(request, "netlink(RTM_GETLINK)", (type, payload) => lost = type == RtNetlink.RTM_NEWLINK ? LinkLossCount.Of(payload) : lost);
        return lost;
    }
}
