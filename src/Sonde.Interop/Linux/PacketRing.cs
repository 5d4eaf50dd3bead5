using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>The blocks that a packet socket and its reader share (PACKET_RX_RING, TPACKET_V3), handed to and fro by a word in each.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PacketRing : IDisposable
{
    // Checked by the kernel and otherwise unused by this version: frames lie as closely as they can.
    private const int NominalFrameSize = 2048;

    // hdr.block_status of struct tpacket_block_desc.
    private const int StatusOffset = 2 * sizeof(uint);

    private readonly MappedMemory _memory;

    private PacketRing(MappedMemory memory, int blockSize, int blockCount)
    {
        _memory = memory;
        BlockSize = blockSize;
        BlockCount = blockCount;
    }

    internal int BlockSize { get; }

    internal int BlockCount { get; }

    /// <summary>Gives a socket a ring, before it is bound.</summary>
    /// <param name="socket">The socket, of version TPACKET_V3.</param>
    /// <param name="blockSize">Bytes of a block: a power of two, at least a page and at least 4096.</param>
    /// <param name="blockCount">How many blocks.</param>
    /// <param name="retireMilliseconds">When the kernel gives up a block that is not full.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static PacketRing Create(PacketSocket socket, int blockSize, int blockCount, int retireMilliseconds)
    {
        var request = new tpacket_req3
        {
            tp_block_size = (uint)blockSize,
            tp_block_nr = (uint)blockCount,
            tp_frame_size = NominalFrameSize,
            tp_frame_nr = (uint)(blockSize / NominalFrameSize * blockCount),
            tp_retire_blk_tov = (uint)retireMilliseconds,
        };
        return socket.TrySet(Packet.PACKET_RX_RING, request, out NativeError error)
            ? new PacketRing(MappedMemory.Map(socket.Descriptor, (long)blockSize * blockCount), blockSize, blockCount)
            : throw new NativeException("setsockopt(PACKET_RX_RING)", error);
    }

    /// <summary>Whether the kernel has given up a block; what it wrote before is seen by whoever sees this.</summary>
    internal bool IsReady(int block) => (Volatile.Read(ref Status(block)) & Packet.TP_STATUS_USER) != 0;

    /// <summary>A block's bytes, ours until it is released.</summary>
    internal Span<byte> Block(int block) => _memory.Slice((long)block * BlockSize, BlockSize);

    /// <summary>Gives a block back: all reads and writes of it are over before the kernel sees this.</summary>
    internal void Release(int block) => Volatile.Write(ref Status(block), Packet.TP_STATUS_KERNEL);

    public void Dispose() => _memory.Dispose();

    // A reference into the mapping, aligned because blocks are and the word is: an atomic access.
    private ref uint Status(int block) =>
        ref MemoryMarshal.AsRef<uint>(_memory.Slice(((long)block * BlockSize) + StatusOffset, sizeof(uint)));
}
