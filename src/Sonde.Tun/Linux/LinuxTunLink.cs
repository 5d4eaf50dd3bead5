using System.Text;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Tun.Linux;

/// <summary>An interface as RTM_NEWLINK describes it, as far as TUN devices are concerned.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsUp">Whether it is up.</param>
/// <param name="Mtu">Its MTU.</param>
/// <param name="IsTun">Whether it is a layer-3 TUN device.</param>
/// <param name="IsPersistent">Whether it outlives its maker.</param>
/// <param name="HasVirtioHeader">Whether its packets have a virtio header; null when the kernel does not say.</param>
/// <param name="QueueCount">How many queues are attached; null for a device with one queue, of which the kernel does not say whether it is attached.</param>
/// <param name="OwnerId">Who may attach without rights.</param>
internal sealed record LinuxTunLink(
    int Index, string Name, bool IsUp, int Mtu, bool IsTun, bool IsPersistent, bool? HasVirtioHeader, int? QueueCount, uint? OwnerId)
{
    /// <summary>Reads the payload of RTM_NEWLINK or RTM_DELLINK.</summary>
    /// <returns>Null for bytes that describe no interface; never throws.</returns>
    internal static LinuxTunLink? Read(ReadOnlySpan<byte> payload)
    {
        if (!NativeStruct.TryRead(payload, out ifinfomsg head) || head.ifi_index <= 0)
        {
            return null;
        }

        var link = new LinuxTunLink(head.ifi_index, string.Empty, (head.ifi_flags & RtNetlink.IFF_UP) != 0, 0, false, false, null, null, null);
        var attributes = new NetlinkAttributes(payload[NativeStruct.SizeOf<ifinfomsg>()..]);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case RtNetlink.IFLA_IFNAME:
                    link = link with { Name = Encoding.UTF8.GetString(attributes.Value.TrimEnd((byte)0)) };
                    break;
                case RtNetlink.IFLA_MTU when NativeStruct.TryRead(attributes.Value, out uint mtu):
                    link = link with { Mtu = (int)Math.Min(mtu, int.MaxValue) };
                    break;
                case RtNetlink.IFLA_LINKINFO:
                    link = link.WithInfo(attributes.Value);
                    break;
            }
        }

        return link;
    }

    private LinuxTunLink WithInfo(ReadOnlySpan<byte> bytes)
    {
        LinuxTunLink link = this;
        bool isOfTunDriver = false;
        var attributes = new NetlinkAttributes(bytes);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case RtNetlink.IFLA_INFO_KIND:
                    isOfTunDriver = attributes.Value.TrimEnd((byte)0).SequenceEqual("tun"u8);
                    break;
                case RtNetlink.IFLA_INFO_DATA when isOfTunDriver:
                    link = link.WithTunData(attributes.Value);
                    break;
            }
        }

        return link;
    }

    private LinuxTunLink WithTunData(ReadOnlySpan<byte> bytes)
    {
        LinuxTunLink link = this;
        var attributes = new NetlinkAttributes(bytes);
        while (attributes.MoveNext())
        {
            ReadOnlySpan<byte> value = attributes.Value;
            link = attributes.Type switch
            {
                RtNetlink.IFLA_TUN_TYPE when value.Length > 0 => link with { IsTun = value[0] == RtNetlink.TUN_TYPE_TUN },
                RtNetlink.IFLA_TUN_PERSIST when value.Length > 0 => link with { IsPersistent = value[0] != 0 },
                RtNetlink.IFLA_TUN_VNET_HDR when value.Length > 0 => link with { HasVirtioHeader = value[0] != 0 },
                RtNetlink.IFLA_TUN_NUM_QUEUES when NativeStruct.TryRead(value, out uint count) => link with { QueueCount = (int)Math.Min(count, int.MaxValue) },
                RtNetlink.IFLA_TUN_OWNER when NativeStruct.TryRead(value, out uint owner) => link with { OwnerId = owner },
                _ => link,
            };
        }

        return link;
    }
}
