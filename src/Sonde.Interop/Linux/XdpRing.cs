using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>One of the four rings of an XDP socket: entries that one side writes and the other reads, with a counter of each.</summary>
/// <typeparam name="T">ulong, the place of a frame, or <see cref="xdp_desc"/>.</typeparam>
[SupportedOSPlatform("linux")]
internal sealed class XdpRing<T> : IDisposable
    where T : unmanaged
{
    private readonly MappedMemory _memory;
    private readonly long _producer;
    private readonly long _consumer;
    private readonly long _entries;
    private readonly uint _mask;

    private XdpRing(MappedMemory memory, xdp_ring_offset offsets, int size)
    {
        _memory = memory;
        _producer = (long)offsets.producer;
        _consumer = (long)offsets.consumer;
        _entries = (long)offsets.desc;
        _mask = (uint)size - 1;
    }

    /// <summary>How many entries wait to be read.</summary>
    internal int Waiting => (int)Math.Min(Volatile.Read(ref Counter(_producer)) - Volatile.Read(ref Counter(_consumer)), _mask + 1);

    /// <summary>How many entries can be written.</summary>
    internal int Free => (int)_mask + 1 - Waiting;

    /// <summary>Maps a ring of a power of two entries.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static XdpRing<T> Map(FileDescriptor socket, long pageOffset, xdp_ring_offset offsets, int size) =>
        new(MappedMemory.Map(socket, pageOffset, (long)offsets.desc + ((long)size * NativeStruct.SizeOf<T>())), offsets, size);

    /// <summary>The entry so far behind the first one that waits; to be read before <see cref="Consume"/>.</summary>
    internal T Peek(int ahead) => Entry(Volatile.Read(ref Counter(_consumer)) + (uint)ahead);

    /// <summary>Gives back entries that were read.</summary>
    internal void Consume(int count) => Advance(_consumer, count);

    /// <summary>Writes the entry so far behind the last one; not seen before <see cref="Produce"/>.</summary>
    internal void Put(int ahead, T entry) => Entry(Volatile.Read(ref Counter(_producer)) + (uint)ahead) = entry;

    /// <summary>Shows entries that were written.</summary>
    internal void Produce(int count) => Advance(_producer, count);

    public void Dispose() => _memory.Dispose();

    private void Advance(long counter, int count)
    {
        ref uint value = ref Counter(counter);
        Volatile.Write(ref value, value + (uint)count);
    }

    private ref uint Counter(long offset) => ref MemoryMarshal.AsRef<uint>(_memory.Slice(offset, sizeof(uint)));

    private ref T Entry(uint number)
    {
        int size = NativeStruct.SizeOf<T>();
        return ref MemoryMarshal.AsRef<T>(_memory.Slice(_entries + ((long)(number & _mask) * size), size));
    }
}
