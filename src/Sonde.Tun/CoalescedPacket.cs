namespace Sonde.Tun;

/// <summary>One packet that a <see cref="Coalescer"/> made: a packet of the batch as it is, or a super-packet of several.</summary>
public readonly ref struct CoalescedPacket
{
    private readonly Coalescer _coalescer;
    private readonly int _group;

    internal CoalescedPacket(Coalescer coalescer, int group)
    {
        _coalescer = coalescer;
        _group = group;
    }

    /// <summary>How many packets of the batch it stands for.</summary>
    public int PacketCount => _coalescer.CountOf(_group);

    /// <summary>Its bytes, headers included.</summary>
    public int Length => _coalescer.LengthOf(_group);

    /// <summary>What a device must be told about it.</summary>
    public TunSegmentation Segmentation => _coalescer.SegmentationOf(_group);

    /// <summary>The packet of the batch that its headers come from: the whole of it when <see cref="PacketCount"/> is 1.</summary>
    public int FirstPacket => _coalescer.FirstOf(_group);

    /// <summary>Writes its headers, which no packet of the batch has in this form: lengths and checksums of the whole, the checksum to be finished by the device.</summary>
    /// <param name="destination">At least <see cref="Coalescer.MaxHeaderLength"/> bytes.</param>
    /// <returns>How many bytes were written. The payloads follow, packet after packet, each from that same offset to its end.</returns>
    public int WriteHeader(Span<byte> destination) => _coalescer.WriteHeader(_group, destination);

    /// <summary>Names the packets of the batch that it stands for, in order.</summary>
    /// <param name="destination">At least <see cref="PacketCount"/> long.</param>
    public void CopyPackets(Span<int> destination) => _coalescer.CopyMembers(_group, destination);

    /// <summary>Writes it in one piece, for a device that takes no pieces.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <returns>Its length.</returns>
    public int CopyTo(Span<byte> destination) => _coalescer.CopyGroup(_group, destination);
}
