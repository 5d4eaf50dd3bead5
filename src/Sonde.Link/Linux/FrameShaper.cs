using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;

namespace Sonde.Link.Linux;

/// <summary>Makes frames out of what the kernel delivered: cooked header, filter, VLAN tag, snap length, in this order.</summary>
/// <param name="linkType">What the frames shall begin with.</param>
/// <param name="snapLength">The most bytes of one.</param>
/// <param name="program">The filter, when the kernel does not run it; else null.</param>
internal sealed class FrameShaper(LinkType linkType, int snapLength, BpfInstruction[]? program)
{
    private readonly bool _cooked = linkType == LinkType.LinuxSll2;
    private long _delivered;
    private long _cut;
    private long _filtered;

    /// <summary>How many bytes must be free in front of what the kernel delivers.</summary>
    internal int Headroom => TakenOutTag.Size + (_cooked ? CookedHeader.Size : 0);

    internal long Delivered => Volatile.Read(ref _delivered);

    internal long Cut => Volatile.Read(ref _cut);

    internal long Filtered => Volatile.Read(ref _filtered);

    /// <summary>Makes a frame.</summary>
    /// <param name="memory">The delivered bytes, with headroom before them.</param>
    /// <param name="start">Where they begin.</param>
    /// <param name="length">How many there are.</param>
    /// <param name="wireLength">How many there were on the wire.</param>
    /// <param name="facts">What the kernel told beside them.</param>
    /// <param name="frame">The frame.</param>
    /// <returns><see langword="false"/> when the filter turned it away.</returns>
    internal bool TryShape(Span<byte> memory, int start, int length, uint wireLength, scoped in FrameFacts facts, out Frame frame)
    {
        int wire = (int)Math.Min(wireLength, int.MaxValue - 64u);
        if (_cooked)
        {
            start -= CookedHeader.Size;
            length += CookedHeader.Size;
            wire += CookedHeader.Size;
            CookedHeader.Write(memory[start..], facts.Seen);
        }

        bool tagged = facts.HasTag;
        if (program is not null)
        {
            var metadata = new PacketMetadata(facts.IsOutgoing, facts.Seen.sll_ifindex, tagged, facts.Tag, facts.KnownTagProtocol);
            uint kept = BpfProgram.Run(program, memory.Slice(start, length), wire, metadata);
            if (kept == 0)
            {
                Volatile.Write(ref _filtered, _filtered + 1);
                frame = default;
                return false;
            }

            length = (int)Math.Min((uint)length, kept);
        }

        if (tagged)
        {
            TakenOutTag.PutBack(memory, ref start, ref length, _cooked, facts.KnownTagProtocol, facts.Tag);
            wire += TakenOutTag.Size;
        }

        length = Math.Min(length, snapLength);
        if (length < wire)
        {
            Volatile.Write(ref _cut, _cut + 1);
        }

        Volatile.Write(ref _delivered, _delivered + 1);
        frame = new Frame
        {
            Data = memory.Slice(start, length),
            WireLength = wire,
            TimestampNanoseconds = facts.Time,
            Clock = facts.Clock,
            Direction = facts.IsOutgoing ? PacketDirection.Outbound : PacketDirection.Inbound,
            Audience = facts.Audience,
            InterfaceIndex = facts.Seen.sll_ifindex,
            LinkType = linkType,
            VlanProtocol = tagged ? facts.KnownTagProtocol : (ushort)0,
            VlanTag = tagged ? facts.Tag : (ushort)0,
        };
        return true;
    }
}
