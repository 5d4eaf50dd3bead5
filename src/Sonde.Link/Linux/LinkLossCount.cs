using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>Reads what a link lost out of its rtnetlink message.</summary>
internal static class LinkLossCount
{
    /// <summary>What a link's message says was lost: missed for want of buffers, or overrun in the card.</summary>
    /// <remarks>Not rx_dropped: what the stack throws away behind the taps has been seen here.</remarks>
    internal static ulong Of(ReadOnlySpan<byte> message)
    {
        int size = NativeStruct.SizeOf<ifinfomsg>();
        var attributes = new NetlinkAttributes(message[Math.Min(size, message.Length)..]);
        while (attributes.MoveNext())
        {
            if (attributes.Type == RtNetlink.IFLA_STATS64)
            {
                rtnl_link_stats64 counts = NativeStruct.ReadPrefix<rtnl_link_stats64>(attributes.Value);
                return counts.rx_missed_errors + counts.rx_fifo_errors;
            }
        }

        return 0;
    }
}
