using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;
using Sonde.Tun.Unix;

namespace Sonde.Tun.Linux;

/// <summary>Changes of one interface by netlink multicast, in the network namespace of the thread that opens it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxTunWatch : UnixTunWatch
{
    private const uint Groups = RtNetlink.RTMGRP_LINK | RtNetlink.RTMGRP_IPV4_IFADDR | RtNetlink.RTMGRP_IPV6_IFADDR;

    private readonly NetlinkSocket _notifications;
    private readonly LinuxTunChanges _changes;

    /// <summary>Listens first and looks then, so that nothing falls between the two.</summary>
    /// <exception cref="TunException">The system refused, or there is no such interface here.</exception>
    internal LinuxTunWatch(int index, string device)
        : base(device)
    {
        try
        {
            _notifications = NetlinkSocket.Open(Netlink.NETLINK_ROUTE, Groups, receiveBufferBytes: 1 << 20);
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, device);
        }

        try
        {
            using LinuxTunConfiguration configuration = LinuxTunConfiguration.Open();
            LinuxTunLink link = configuration.FindLink(index, device)
                ?? throw new TunException(TunFailure.NotFound, "netlink(RTM_GETLINK)", device, 0, "there is no such device in this network namespace");
            _changes = new LinuxTunChanges(link, configuration.ListAddresses(index, device));
        }
        catch
        {
            _notifications.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing) => _notifications.Dispose();

    private protected override FileDescriptor Notifications => _notifications.Descriptor;

    private protected override bool TryTake([NotNullWhen(true)] out TunChange? change) => _changes.TryTake(out change);

    private protected override void Receive()
    {
        if (_notifications.ReceivePending(_changes.Take).Overflowed)
        {
            _changes.Lose();
        }
    }
}
