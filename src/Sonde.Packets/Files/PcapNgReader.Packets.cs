namespace Sonde.Packets.Files;

/// <content>The three kinds of packet blocks.</content>
public sealed partial class PcapNgReader
{
    private const int PacketBodySize = 20; // of enhanced and obsolete packet blocks, before the data
    private const int SimplePacketBodySize = 4;

    /// <summary>Takes the packet out of a block that <see cref="TryReadBlock"/> has just read.</summary>
    /// <returns><see langword="false"/> for a block without a packet, and for one that cannot be understood, which is counted.</returns>
    public bool TryGetPacket(scoped in PcapNgBlock block, out CapturedPacket packet)
    {
        packet = default;
        bool understood = block.Type switch
        {
            PcapNgBlockType.EnhancedPacket => TryGetEnhanced(block, out packet),
            PcapNgBlockType.SimplePacket => TryGetSimple(block, out packet),
            PcapNgBlockType.ObsoletePacket => TryGetObsolete(block, out packet),
            _ => false,
        };
        if (understood)
        {
            _packets++;
        }

        return understood;
    }

    private bool TryGetEnhanced(scoped in PcapNgBlock block, out CapturedPacket packet)
    {
        packet = default;
        return HasRoomFor(block, PacketBodySize)
            && TryFinish(block, FileBytes.ReadUInt32(block.Body, block.IsBigEndian), blockDropCount: -1, out packet);
    }

    private bool TryGetObsolete(scoped in PcapNgBlock block, out CapturedPacket packet)
    {
        packet = default;
        if (!HasRoomFor(block, PacketBodySize))
        {
            return false;
        }

        ushort drops = FileBytes.ReadUInt16(block.Body[2..], block.IsBigEndian);
        return TryFinish(block, FileBytes.ReadUInt16(block.Body, block.IsBigEndian), drops == ushort.MaxValue ? -1 : drops, out packet);
    }

    private bool TryFinish(scoped in PcapNgBlock block, uint interfaceId, int blockDropCount, out CapturedPacket packet)
    {
        packet = default;
        ReadOnlySpan<byte> body = block.Body;
        uint captured = FileBytes.ReadUInt32(body[12..], block.IsBigEndian);
        if (!IsAcceptable(captured, body.Length - PacketBodySize) || !IsKnown(interfaceId))
        {
            return false;
        }

        // The padding of a block that ends with its data may be missing in files of careless writers.
        int optionsAt = Math.Min(PacketBodySize + FileBytes.Padded((int)captured), body.Length);
        long? timestamp = _clocks[(int)interfaceId].TryConvert(FileBytes.ReadTicks(body[4..], block.IsBigEndian), out long time) ? time : null;
        packet = new CapturedPacket(
            _interfaces[(int)interfaceId],
            body.Slice(PacketBodySize, (int)captured),
            FileBytes.ReadUInt32(body[16..], block.IsBigEndian),
            timestamp,
            block.Offset,
            CheckedOptions(body[optionsAt..]),
            blockDropCount);
        return true;
    }

    private bool TryGetSimple(scoped in PcapNgBlock block, out CapturedPacket packet)
    {
        packet = default;
        if (!HasRoomFor(block, SimplePacketBodySize) || !IsKnown(0))
        {
            return false;
        }

        // The captured length is not told: it is the wire length, unless the snap length cut the packet.
        uint wire = FileBytes.ReadUInt32(block.Body, block.IsBigEndian);
        uint snap = _interfaces[0].SnapLength;
        uint captured = snap == 0 ? wire : Math.Min(wire, snap);
        if (!IsAcceptable(captured, block.Body.Length - SimplePacketBodySize))
        {
            return false;
        }

        packet = new CapturedPacket(_interfaces[0], block.Body.Slice(SimplePacketBodySize, (int)captured), wire, timestamp: null, block.Offset);
        return true;
    }

    private bool HasRoomFor(scoped in PcapNgBlock block, int size)
    {
        if (block.Body.Length < size)
        {
            _malformed++;
            return false;
        }

        return true;
    }

    private bool IsAcceptable(uint captured, int room)
    {
        if (captured > room)
        {
            _malformed++;
            return false;
        }

        if (captured > Options.MaximumPacketLength)
        {
            _tooLarge++;
            return false;
        }

        return true;
    }

    private bool IsKnown(uint interfaceId)
    {
        if (interfaceId >= _interfaces.Count)
        {
            _unknownInterface++;
            return false;
        }

        return true;
    }
}
