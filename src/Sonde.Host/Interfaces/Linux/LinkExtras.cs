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
            speedsRead = _ethtool.Select(family =>
            {
                _socket!.Dump(SpeedRequest(family), SpeedOperation, (_, payload) => AddSpeed(payload, speeds)); // opened above
                return true;
            });
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
        _ethtool = FamilyOf(_socket, EthtoolNetlink.ETHTOOL_GENL_NAME);
        _nl80211 = FamilyOf(_socket, EthtoolNetlink.NL80211_GENL_NAME);
    }

    private static Reading<ushort> FamilyOf(NetlinkSocket socket, string name)
    {
        ushort family = 0;
        try
        {
            socket.Request(
                new NetlinkRequest(Netlink.GENL_ID_CTRL)
                    .Add(new genlmsghdr { cmd = Netlink.CTRL_CMD_GETFAMILY, version = 1 })
                    .Attribute(Netlink.CTRL_ATTR_FAMILY_NAME, name),
                $"netlink(CTRL_CMD_GETFAMILY {name})",
                (_, payload) =>
                {
                    if (NativeBytes.TryTake(ref payload, out genlmsghdr _))
                    {
                        var attributes = new NetlinkAttributes(payload);
                        while (attributes.MoveNext())
                        {
                            if (attributes is { Type: Netlink.CTRL_ATTR_FAMILY_ID, Value.Length: >= 2 })
                            {
                                family = BitConverter.ToUInt16(attributes.Value);
                            }
                        }
                    }
                });
        }
        catch (NativeException refused)
        {
            return Reading.Unsupported<ushort>($"the kernel has no {name} netlink: {refused.Message}");
        }

        return family == 0 ? Reading.Failed<ushort>($"the kernel did not number its {name} netlink") : family;
    }

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
