using System.Diagnostics.CodeAnalysis;
using Sonde.Interop.Linux;

namespace Sonde.Tun.Linux;

/// <summary>Makes changes of one device out of the kernel's notifications, which repeat what is known and speak of every interface.</summary>
internal sealed class LinuxTunChanges
{
    private readonly Queue<TunChange> _changes = new();
    private readonly HashSet<TunAddress> _addresses;
    private LinuxTunLink _known;

    internal LinuxTunChanges(LinuxTunLink link, IEnumerable<TunAddress> addresses)
    {
        _known = link;
        _addresses = [.. addresses];
    }

    /// <summary>Takes the next change.</summary>
    internal bool TryTake([NotNullWhen(true)] out TunChange? change) => _changes.TryDequeue(out change);

    /// <summary>Notifications were lost.</summary>
    internal void Lose() => _changes.Enqueue(new TunChange(TunChangeKind.Unknown));

    /// <summary>Reads one notification.</summary>
    internal void Take(ushort type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case RtNetlink.RTM_NEWLINK or RtNetlink.RTM_DELLINK:
                if (LinuxTunLink.Read(payload) is { } link && link.Index == _known.Index)
                {
                    TakeLink(type, link);
                }

                break;
            case RtNetlink.RTM_NEWADDR or RtNetlink.RTM_DELADDR:
                if (LinuxTunAddress.TryRead(payload, out int index, out TunAddress address) && index == _known.Index)
                {
                    if (type == RtNetlink.RTM_NEWADDR ? _addresses.Add(address) : _addresses.Remove(address))
                    {
                        _changes.Enqueue(new TunChange(type == RtNetlink.RTM_NEWADDR ? TunChangeKind.AddressAdded : TunChangeKind.AddressRemoved, Address: address));
                    }
                }

                break;
        }
    }

    private void TakeLink(ushort type, LinuxTunLink link)
    {
        if (type == RtNetlink.RTM_DELLINK)
        {
            _changes.Enqueue(new TunChange(TunChangeKind.Removed));
            return;
        }

        if (link.Name.Length > 0 && link.Name != _known.Name)
        {
            _changes.Enqueue(new TunChange(TunChangeKind.Renamed, Name: link.Name));
        }

        if (link.Mtu != _known.Mtu)
        {
            _changes.Enqueue(new TunChange(TunChangeKind.Mtu, Mtu: link.Mtu));
        }

        if (link.IsUp != _known.IsUp)
        {
            _changes.Enqueue(new TunChange(link.IsUp ? TunChangeKind.Up : TunChangeKind.Down));
        }

        _known = link;
    }
}
