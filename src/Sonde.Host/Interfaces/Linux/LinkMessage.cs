using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>One interface as RTM_NEWLINK describes it.</summary>
internal sealed record LinkMessage
{
    internal required int Index { get; init; }

    internal required ushort HardwareType { get; init; }

    internal required uint Flags { get; init; }

    internal required string Name { get; init; }

    internal Reading<HardwareAddress> HardwareAddress { get; init; } = Reading.None<HardwareAddress>();

    internal Reading<HardwareAddress> HardwareBroadcast { get; init; } = Reading.None<HardwareAddress>();

    internal Reading<long> Mtu { get; init; } = Reading.None<long>();

    internal byte OperationalState { get; init; }

    internal Reading<int> Lower { get; init; } = Reading.None<int>();

    internal Reading<int> LowerNamespace { get; init; } = Reading.None<int>();

    internal Reading<int> Master { get; init; } = Reading.None<int>();

    internal string? Kind { get; init; }

    internal bool IsTap { get; init; }

    internal Reading<string> Alias { get; init; } = Reading.None<string>();

    internal Reading<InterfaceCounters> Counters { get; init; } = Reading.Unsupported<InterfaceCounters>("the kernel sent no 64-bit counters");

    /// <summary>Reads the payload of RTM_NEWLINK.</summary>
    /// <returns><see langword="false"/> for bytes that describe no interface; never throws.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> payload, out LinkMessage? link)
    {
        link = null;
        if (!NativeBytes.TryTake(ref payload, out ifinfomsg head) || head.ifi_index <= 0)
        {
            return false;
        }

        var found = new LinkMessage { Index = head.ifi_index, HardwareType = head.ifi_type, Flags = head.ifi_flags, Name = string.Empty };
        var attributes = new NetlinkAttributes(payload);
        while (attributes.MoveNext())
        {
            ReadOnlySpan<byte> value = attributes.Value;
            found = attributes.Type switch
            {
                RtNetlink.IFLA_IFNAME => found with { Name = NativeBytes.ToText(value) },
                RtNetlink.IFLA_ADDRESS => found with { HardwareAddress = ToHardwareAddress(value) },
                RtNetlink.IFLA_BROADCAST => found with { HardwareBroadcast = ToHardwareAddress(value) },
                RtNetlink.IFLA_MTU when value.Length >= 4 => found with { Mtu = (long)BitConverter.ToUInt32(value) },
                RtNetlink.IFLA_OPERSTATE when value.Length >= 1 => found with { OperationalState = value[0] },
                RtNetlink.IFLA_LINK when value.Length >= 4 => found with { Lower = BitConverter.ToInt32(value) },
                RtNetlink.IFLA_LINK_NETNSID when value.Length >= 4 => found with { LowerNamespace = BitConverter.ToInt32(value) },
                RtNetlink.IFLA_MASTER when value.Length >= 4 => found with { Master = BitConverter.ToInt32(value) },
                RtNetlink.IFLA_IFALIAS => found with { Alias = NativeBytes.ToText(value) },
                RtNetlink.IFLA_LINKINFO => WithLinkInfo(found, value),
                RtNetlink.IFLA_STATS64 => found with { Counters = ToCounters(value) },
                _ => found,
            };
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

    private static LinkMessage WithLinkInfo(LinkMessage link, ReadOnlySpan<byte> info)
    {
        string? kind = null;
        bool isTap = false;
        var attributes = new NetlinkAttributes(info);
        while (attributes.MoveNext())
        {
            if (attributes.Type == RtNetlink.IFLA_INFO_KIND)
            {
                kind = NativeBytes.ToText(attributes.Value);
            }
            else if (attributes.Type == RtNetlink.IFLA_INFO_DATA && kind == "tun")
            {
                // The kernel sends the kind before the data, and only the data tells a TAP from a TUN.
                isTap = TunTypeIn(attributes.Value) == RtNetlink.TUN_TYPE_TAP;
            }
        }

        return link with { Kind = kind, IsTap = isTap };
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
