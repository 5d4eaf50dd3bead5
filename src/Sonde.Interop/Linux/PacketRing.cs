using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>The memory that a packet socket and its reader share (PACKET_RX_RING), handed to and fro part by part, by a word in each.</summary>
/// <remarks>A part is a block of many frames (TPACKET_V3) or a slot of one (TPACKET_V2).</remarks>
[SupportedOSPlatform("linux")]
internal sealed class PacketRing : IDisposable
{
    // Of blocks: checked by the kernel and otherwise unused, for frames lie as closely as they can.
    private const int NominalFrameSize = 2048;

    // Of slots: the kernel allocates so many together, and they lie one behind the other.
    private const int SlotBlockSize = 1 << 16;

    // hdr.block_status of struct tpacket_block_desc; a slot begins with tp_status.
    private const int BlockStatusOffset = 2 * sizeof(uint);

    private readonly MappedMemory _memory;
    private readonly int _statusOffset;

    private PacketRing(MappedMemory memory, int partSize, int count, int statusOffset)
    {
        _memory = memory;
        _statusOffset = statusOffset;
        PartSize = partSize;
        Count = count;
    }

    internal int PartSize { get; }

    /// <summary>How many parts there are.</summary>
    internal int Count { get; }

    /// <summary>Gives a socket blocks of many frames, before it is bound.</summary>
    /// <param name="socket">The socket, of version TPACKET_V3.</param>
    /// <param name="blockSize">Bytes of a block: a power of two, at least a page and at least 4096.</param>
    /// <param name="blockCount">How many blocks.</param>
    /// <param name="retireMilliseconds">When the kernel gives up a block that is not full.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static PacketRing CreateBlocks(PacketSocket socket, int blockSize, int blockCount, int retireMilliseconds)
    {
        var request = new tpacket_req3
        {
            tp_block_size = (uint)blockSize,
            tp_block_nr = (uint)blockCount,
            tp_frame_size = NominalFrameSize,
            tp_frame_nr = (uint)(blockSize / NominalFrameSize * blockCount),
            tp_retire_blk_tov = (uint)retireMilliseconds,
        };
        return Create(socket, request, blockSize, blockCount, BlockStatusOffset);
    }

    /// <summary>Gives a socket slots of one frame each, before it is bound.</summary>
    /// <param name="socket">The socket, of version TPACKET_V2.</param>
    /// <param name="slotSize">Bytes of a slot: a power of two up to 64 KiB.</param>
    /// <param name="count">How many slots at least.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static PacketRing CreateSlots(PacketSocket socket, int slotSize, int count)
    {
        int perBlock = SlotBlockSize / slotSize;
        int blocks = (count + perBlock - 1) / perBlock;
        var request = new tpacket_req3
        {
            tp_block_size = SlotBlockSize,
            tp_block_nr = (uint)blocks,
            tp_frame_size = (uint)slotSize,
            tp_frame_nr = (uint)(blocks * perBlock),
        };
        return Create(socket, request, slotSize, blocks * perBlock, statusOffset: 0);
    }

    /// <summary>Whether the kernel has given up a part; what it wrote before is seen by whoever sees this.</summary>
    internal bool IsReady(int part) => (Volatile.Read(ref Status(part)) & Packet.TP_STATUS_USER) != 0;

    /// <summary>A part's bytes, ours until it is released.</summary>
    internal Span<byte> Part(int part) => _memory.Slice((long)part * PartSize, PartSize);

    /// <summary>Gives a part back: all reads and writes of it are over before the kernel sees this.</summary>
    internal void Release(int part) => Volatile.Write(ref Status(part), Packet.TP_STATUS_KERNEL);

    public void Dispose() => _memory.Dispose();

    private static PacketRing Create(PacketSocket socket, tpacket_req3 request, int partSize, int count, int statusOffset) =>
        socket.TrySet(Packet.PACKET_RX_RING, request, out NativeError error)
            ? new PacketRing(MappedMemory.Map(socket.Descriptor, (long)partSize * count), partSize, count, statusOffset)
            : throw new NativeException("setsockopt(PACKET_RX_RING)", error);

    // A reference into the mapping, aligned because parts are and the word is: an atomic access.
    private ref uint Status(int part) => ref MemoryMarshal.AsRef<uint>(_memory.Slice(((long)part * PartSize) + _statusOffset, sizeof(uint)));
}
