using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>The one number that PACKET_FANOUT wants for a group.</summary>
internal static class FanoutNumber
{
    internal static int Of(FanoutGroup group)
    {
        int mode = group.Mode switch
        {
            FanoutMode.RoundRobin => Packet.PACKET_FANOUT_LB,
            FanoutMode.Processor => Packet.PACKET_FANOUT_CPU,
            FanoutMode.Rollover => Packet.PACKET_FANOUT_ROLLOVER,
            FanoutMode.Random => Packet.PACKET_FANOUT_RND,
            FanoutMode.Queue => Packet.PACKET_FANOUT_QM,
            _ => Packet.PACKET_FANOUT_HASH,
        };
        return (group.Id & 0xFFFF) | ((mode | (group.Reassemble ? Packet.PACKET_FANOUT_FLAG_DEFRAG : 0)) << 16);
    }
}
