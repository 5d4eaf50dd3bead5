using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>One interface as RTM_NEWLINK describes it.</summary>
internal sealed class LinkMessage
{
    private LinkMessage(ifinfomsg head)
    {
        Index = head.ifi_index;
        HardwareType = head.ifi_type;
        Flags = head.ifi_flags;
    }

    internal int Index { get; }

    internal ushort HardwareType { get; }

    internal uint Flags { get; }

    internal string Name { get; private set; } = string.Empty;

    internal Reading<HardwareAddress> HardwareAddress { get; private set; } = Reading.None<HardwareAddress>();

    internal Reading<HardwareAddress> HardwareBroadcast { get; private set; } = Reading.None<HardwareAddress>();

    internal Reading<long> Mtu { get; private set; } = Reading.None<long>();

    internal byte OperationalState { get; private set; }

    internal Reading<int> Lower { get; private set; } = Reading.None<int>();

    internal Reading<int> LowerNamespace { get; private set; } = Reading.None<int>();

    internal Reading<int> Master { get; private set; } = Reading.None<int>();

    internal string? Kind { get; private set; }

    internal bool IsTap { get; private set; }

    internal Reading<string> Alias { get; private set; } = Reading.None<string>();

    internal Reading<InterfaceCounters> Counters { get; private set; } = Reading.Unsupported<InterfaceCounters>("the kernel sent no 64-bit counters");

    /// <summary>Reads the payload of RTM_NEWLINK.</summary>
    /// <returns><see langword="false"/> for bytes that describe no interface; never throws.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> payload, out LinkMessage? link)
    {
        link = null;
        if (!NativeBytes.TryTake(ref payload, out ifinfomsg head) || head.ifi_index <= 0)
        {
            return false;
        }

        var found = new LinkMessage(head);
        var attributes = new NetlinkAttributes(payload);
        while (attributes.MoveNext())
        {
            found.Take(attributes.Type, attributes.Value);
        }

        if (found.Name.Length == 0)
        {
            return false;
        }

        link = found;
        return true;
    }

    internal static InterfaceCounters ToCounters(ReadOnlySpan<byte> value)
    {
        rtnl_link_stats64 stats = NativeBytes.ReadPrefix<rtnl_link_stats64>(value);
        return new InterfaceCounters
        {
            ReceivedBytes = stats.rx_bytes,
            ReceivedPackets = stats.rx_packets,
            ReceiveErrors = stats.rx_errors,
            ReceiveDrops = stats.rx_dropped,
            SentBytes = stats.tx_bytes,
            SentPackets = stats.tx_packets,
            SendErrors = stats.tx_errors,
            SendDrops = stats.tx_dropped,
            ReceivedMulticast = stats.multicast,
            Collisions = stats.collisions,
        };
    }

    private static Reading<HardwareAddress> ToHardwareAddress(ReadOnlySpan<byte> value) =>
        value.Length switch
        {
            0 => Reading.None<HardwareAddress>(),
            > Interfaces.HardwareAddress.MaxLength => Reading.Failed<HardwareAddress>($"the kernel sent {value.Length} bytes, more than an address has"),
            _ => new HardwareAddress(value),
        };

    private void Take(ushort type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case RtNetlink.IFLA_IFNAME:
                Name = NativeBytes.ToText(value);
                break;
            case RtNetlink.IFLA_ADDRESS:
                HardwareAddress = ToHardwareAddress(value);
                break;
            case RtNetlink.IFLA_BROADCAST:
                HardwareBroadcast = ToHardwareAddress(value);
                break;
            case RtNetlink.IFLA_MTU when value.Length >= 4:
                Mtu = (long)BitConverter.ToUInt32(value);
                break;
            case RtNetlink.IFLA_OPERSTATE when value.Length >= 1:
                OperationalState = value[0];
                break;
            case RtNetlink.IFLA_LINK when value.Length >= 4:
                Lower = BitConverter.ToInt32(value);
                break;
            case RtNetlink.IFLA_LINK_NETNSID when value.Length >= 4:
                LowerNamespace = BitConverter.ToInt32(value);
                break;
            case RtNetlink.IFLA_MASTER when value.Length >= 4:
                Master = BitConverter.ToInt32(value);
                break;
            case RtNetlink.IFLA_IFALIAS:
                Alias = NativeBytes.ToText(value);
                break;
            case RtNetlink.IFLA_LINKINFO:
                TakeLinkInfo(value);
                break;
            case RtNetlink.IFLA_STATS64:
                Counters = ToCounters(value);
                break;
        }
    }

    private void TakeLinkInfo(ReadOnlySpan<byte> info)
    {
        var attributes = new NetlinkAttributes(info);
        while (attributes.MoveNext())
        {
            if (attributes.Type == RtNetlink.IFLA_INFO_KIND)
            {
                Kind = NativeBytes.ToText(attributes.Value);
            }
            else if (attributes.Type == RtNetlink.IFLA_INFO_DATA && Kind == "tun")
            {
                // The kernel sends the kind before the data, and only the data tells a TAP from a TUN.
                IsTap = TunTypeIn(attributes.Value) == RtNetlink.TUN_TYPE_TAP;
            }
        }
    }

    private static byte TunTypeIn(ReadOnlySpan<byte> data)
    {
        var attributes = new NetlinkAttributes(data);
        while (attributes.MoveNext())
        {
            if (attributes is { Type: RtNetlink.IFLA_TUN_TYPE, Value.Length: >= 1 })
            {
                return attributes.Value[0];
            }
        }

        return 0;
    }
}
