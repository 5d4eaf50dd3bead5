using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>What rtnetlink does not tell: link speeds (ethtool) and which links are wireless (nl80211), each by one generic netlink dump.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinkExtras : IDisposable
{
    private const string SpeedOperation = "netlink(ETHTOOL_MSG_LINKMODES_GET)";
    private NetlinkSocket? _socket;
    private Reading<ushort> _ethtool;
    private Reading<ushort> _nl80211;

    /// <summary>Reads both tables; a refusal becomes the reason of every reading that lacks it.</summary>
    internal Found Collect()
    {
        var speeds = new Dictionary<int, uint>();
        var wireless = new HashSet<int>();
        Reading<bool> speedsRead;
        try
        {
            OpenOnce();
            if (_ethtool.TryGetValue(out ushort ethtool))
            {
                _socket!.Dump(SpeedRequest(ethtool), SpeedOperation, (_, payload) => AddSpeed(payload, speeds)); // opened above
                speedsRead = true;
            }
            else
            {
                speedsRead = new Reading<bool>(_ethtool.Status, false, _ethtool.Reason);
            }

            if (_nl80211.TryGetValue(out ushort nl80211))
            {
                NetlinkRequest request = new NetlinkRequest(nl80211).Add(new genlmsghdr { cmd = EthtoolNetlink.NL80211_CMD_GET_INTERFACE });
                _socket!.Dump(request, "netlink(NL80211_CMD_GET_INTERFACE)", (_, payload) => AddWireless(payload, wireless)); // opened above
            }
        }
        catch (NativeException refused)
        {
            speedsRead = Reading.Failed<bool>(refused.Message);
        }

        return new Found(speedsRead, speeds, wireless);
    }

    public void Dispose() => _socket?.Dispose();

    internal static void AddSpeed(ReadOnlySpan<byte> payload, Dictionary<int, uint> speeds)
    {
        if (!NativeBytes.TryTake(ref payload, out genlmsghdr _))
        {
            return;
        }

        int index = 0;
        uint? speed = null;
        var attributes = new NetlinkAttributes(payload);
        while (attributes.MoveNext())
        {
            if (attributes.Type == EthtoolNetlink.ETHTOOL_A_LINKMODES_HEADER)
            {
                var header = new NetlinkAttributes(attributes.Value);
                while (header.MoveNext())
                {
                    if (header is { Type: EthtoolNetlink.ETHTOOL_A_HEADER_DEV_INDEX, Value.Length: >= 4 })
                    {
                        index = BitConverter.ToInt32(header.Value);
                    }
                }
            }
            else if (attributes is { Type: EthtoolNetlink.ETHTOOL_A_LINKMODES_SPEED, Value.Length: >= 4 })
            {
                speed = BitConverter.ToUInt32(attributes.Value);
            }
        }

        if (index > 0 && speed is { } found)
        {
            speeds[index] = found;
        }
    }

    internal static void AddWireless(ReadOnlySpan<byte> payload, HashSet<int> wireless)
    {
        if (!NativeBytes.TryTake(ref payload, out genlmsghdr _))
        {
            return;
        }

        var attributes = new NetlinkAttributes(payload);
        while (attributes.MoveNext())
        {
            if (attributes is { Type: EthtoolNetlink.NL80211_ATTR_IFINDEX, Value.Length: >= 4 })
            {
                wireless.Add(BitConverter.ToInt32(attributes.Value));
            }
        }
    }

    private static NetlinkRequest SpeedRequest(ushort family)
    {
        // ETHTOOL_A_LINKMODES_HEADER { ETHTOOL_A_HEADER_FLAGS = compact }: bit sets as bits, not as a list of names.
        var header = new nlattr { nla_len = 8, nla_type = EthtoolNetlink.ETHTOOL_A_HEADER_FLAGS };
        Span<byte> nested = stackalloc byte[8];
        NativeStruct.AsBytes(header).CopyTo(nested);
        BitConverter.TryWriteBytes(nested[4..], EthtoolNetlink.ETHTOOL_FLAG_COMPACT_BITSETS);
        return new NetlinkRequest(family)
            .Add(new genlmsghdr { cmd = EthtoolNetlink.ETHTOOL_MSG_LINKMODES_GET, version = 1 })
            .Attribute(EthtoolNetlink.ETHTOOL_A_LINKMODES_HEADER | Netlink.NLA_F_NESTED, nested);
    }

    private void OpenOnce()
    {
        if (_socket is not null)
        {
            return;
        }

        _socket = NetlinkSocket.Open(Netlink.NETLINK_GENERIC);

        // All families in one dump: asking for one that is absent would be an error each time, and most hosts have no nl80211.
        var families = new Dictionary<string, ushort>(StringComparer.Ordinal);
        _socket.Dump(
            new NetlinkRequest(Netlink.GENL_ID_CTRL).Add(new genlmsghdr { cmd = Netlink.CTRL_CMD_GETFAMILY, version = 1 }),
            "netlink(CTRL_CMD_GETFAMILY)",
            (_, payload) => AddFamily(payload, families));
        _ethtool = FamilyOf(families, EthtoolNetlink.ETHTOOL_GENL_NAME);
        _nl80211 = FamilyOf(families, EthtoolNetlink.NL80211_GENL_NAME);
    }

    internal static void AddFamily(ReadOnlySpan<byte> payload, Dictionary<string, ushort> families)
    {
        if (!NativeBytes.TryTake(ref payload, out genlmsghdr _))
        {
            return;
        }

        string? name = null;
        ushort number = 0;
        var attributes = new NetlinkAttributes(payload);
        while (attributes.MoveNext())
        {
            if (attributes.Type == Netlink.CTRL_ATTR_FAMILY_NAME)
            {
                name = NativeBytes.ToText(attributes.Value);
            }
            else if (attributes is { Type: Netlink.CTRL_ATTR_FAMILY_ID, Value.Length: >= 2 })
            {
                number = BitConverter.ToUInt16(attributes.Value);
            }
        }

        if (name is not null && number != 0)
        {
            families[name] = number;
        }
    }

    private static Reading<ushort> FamilyOf(Dictionary<string, ushort> families, string name) =>
        families.TryGetValue(name, out ushort number) ? number : Reading.Unsupported<ushort>($"the kernel has no {name} netlink");

    /// <summary>What was found, ready to be asked link by link.</summary>
    internal sealed class Found(Reading<bool> read, Dictionary<int, uint> speeds, HashSet<int> wireless)
    {
        private const long Megabit = 1_000_000;

        internal bool IsWireless(int index) => wireless.Contains(index);

        internal Reading<long> SpeedOf(int index) =>
            !read.HasValue ? read.Select(_ => 0L)
            : !speeds.TryGetValue(index, out uint speed) ? Reading.Unsupported<long>("the driver has no link speed")
            : speed == EthtoolNetlink.SPEED_UNKNOWN ? Reading.None<long>("the driver says that the speed is unknown")
            : speed * Megabit;
    }
}
