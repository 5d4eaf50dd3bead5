using Sonde.Packets;
using Sonde.Packets.Files;

namespace Sonde.Link.Windows;

/// <summary>Which way an Ethernet frame goes and whom it is for, by its addresses: Npcap itself does not tell.</summary>
internal static class FrameEnds
{
    /// <summary>A frame with this host's address as its source was sent by it; what virtual machines send through its card has their own.</summary>
    internal static (PacketDirection Direction, FrameAudience Audience) Of(ReadOnlySpan<byte> frame, MacAddress own)
    {
        if (frame.Length < 2 * MacAddress.Size)
        {
            return default;
        }

        if (MacAddress.Read(frame[MacAddress.Size..]) == own)
        {
            return (PacketDirection.Outbound, FrameAudience.Unknown);
        }

        MacAddress destination = MacAddress.Read(frame);
        return (PacketDirection.Inbound, destination == own ? FrameAudience.ThisHost
            : destination.IsBroadcast ? FrameAudience.Broadcast
            : destination.IsMulticast ? FrameAudience.Multicast
            : FrameAudience.OtherHost);
    }
}
