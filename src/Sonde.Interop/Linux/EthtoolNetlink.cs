namespace Sonde.Interop.Linux;

/// <summary>Numbers of linux/ethtool_netlink.h and linux/nl80211.h: link speeds and wireless interfaces, each by one dump.</summary>
internal static class EthtoolNetlink
{
    internal const string ETHTOOL_GENL_NAME = "ethtool";
    internal const byte ETHTOOL_MSG_LINKMODES_GET = 4;
    internal const ushort ETHTOOL_A_LINKMODES_HEADER = 1;
    internal const ushort ETHTOOL_A_LINKMODES_SPEED = 5;
    internal const ushort ETHTOOL_A_HEADER_DEV_INDEX = 1;
    internal const ushort ETHTOOL_A_HEADER_FLAGS = 3;
    internal const uint ETHTOOL_FLAG_COMPACT_BITSETS = 1;
    internal const uint SPEED_UNKNOWN = 0xFFFFFFFF;

    internal const string NL80211_GENL_NAME = "nl80211";
    internal const byte NL80211_CMD_GET_INTERFACE = 5;
    internal const ushort NL80211_ATTR_IFINDEX = 3;
}
