using Sonde.Interop.Linux;
using Sonde.Packets;

namespace Sonde.Link.Linux;

/// <summary>What the frames of a kind of hardware (ARPHRD_ of linux/if_arp.h) begin with.</summary>
internal static class HardwareKind
{
    /// <summary>The link type of a kind; what has no link header that Sonde reads comes cooked.</summary>
    internal static LinkType LinkTypeOf(ushort kind) => kind switch
    {
        // Loopback frames have an Ethernet header whose addresses are zero.
        RtNetlink.ARPHRD_ETHER or RtNetlink.ARPHRD_LOOPBACK => LinkType.Ethernet,

        // Tunnels of layer 3: the packet itself is all there is.
        RtNetlink.ARPHRD_NONE or RtNetlink.ARPHRD_RAWIP or RtNetlink.ARPHRD_TUNNEL or RtNetlink.ARPHRD_TUNNEL6 or RtNetlink.ARPHRD_SIT => LinkType.Raw,
        _ => LinkType.LinuxSll2,
    };
}
