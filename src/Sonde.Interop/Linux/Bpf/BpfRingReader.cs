using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Reads a ring buffer map in place: records are spans of the memory that the kernel wrote them to, on loan until the next record.</summary>
/// <remarks>
/// One thread. What programs could not write because the ring was full is counted by them in a map of its own
/// (<see cref="BpfAssemblerRingExtensions.WriteToRing"/>), read by <see cref="ReadLost"/>: the kernel itself keeps no such count.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class BpfRingReader : IDisposable
{
    private readonly MappedMemory _consumer;
    private readonly MappedMemory _producer;
    private readonly BpfMap _ring;
    private readonly int _page;
    private readonly ulong _mask;
    private ulong _position;
    private ulong _end;
    private ulong _released;

    private BpfRingReader(BpfMap ring, MappedMemory consumer, MappedMemory producer, int page)
    {
        _ring = ring;
        _consumer = consumer;
        _producer = producer;
        _page = page;
        _mask = (ulong)ring.MaxEntries - 1;
        _position = _released = Volatile.Read(ref ConsumerPosition);
        _end = _position;
    }

    /// <summary>The record that the last <see cref="TryRead"/> found.</summary>
    /// <remarks>Valid until the next <see cref="TryRead"/>. Records are aligned to eight bytes.</remarks>
    internal ReadOnlySpan<byte> Record => _producer.Slice(_page + (long)((_position - _recordSpan) & _mask) + BpfAbi.BPF_RINGBUF_HDR_SZ, _recordLength);

    /// <summary>Bytes that wait to be read now; what the ring holds is <see cref="Capacity"/>.</summary>
    internal long Fill => (long)(Volatile.Read(ref ProducerPosition) - _position);

    internal long Capacity => _ring.MaxEntries;

    /// <summary>Readable when a record waits.</summary>
    internal FileDescriptor Descriptor => _ring.Descriptor;

    // The first page belongs to the reader, the second to the kernel; each begins with its position in an endless stream.
    private ref ulong ConsumerPosition => ref MemoryMarshal.AsRef<ulong>(_consumer.Slice(0, sizeof(ulong)));

    private ref ulong ProducerPosition => ref MemoryMarshal.AsRef<ulong>(_producer.Slice(0, sizeof(ulong)));

    private uint _recordSpan;
    private int _recordLength;

    /// <summary>Maps the ring; the map must outlive this.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfRingReader Open(BpfMap ring)
    {
        if (ring.Type != BpfMapType.RingBuffer)
        {
            throw new ArgumentException("not a ring buffer", nameof(ring));
        }

        int page = Environment.SystemPageSize;
        MappedMemory consumer = MappedMemory.Map(ring.Descriptor, page);
        try
        {
            // The data stands there twice in a row, so that a record that wraps around is still one span.
            MappedMemory producer = MappedMemory.MapReadOnly(ring.Descriptor, page, page + (2L * ring.MaxEntries), isShared: true);
            return new BpfRingReader(ring, consumer, producer, page);
        }
        catch
        {
            consumer.Dispose();
            throw;
        }
    }

    /// <summary>Steps to the next record, giving the one before back to the kernel.</summary>
    /// <returns><see langword="false"/> when none is complete: wait for <see cref="Descriptor"/>.</returns>
    internal bool TryRead()
    {
        Release();
        while (true)
        {
            if (_position == _end)
            {
                _end = Volatile.Read(ref ProducerPosition);
                if (_position == _end)
                {
                    return false;
                }
            }

            ref uint header = ref MemoryMarshal.AsRef<uint>(_producer.Slice(_page + (long)(_position & _mask), sizeof(uint)));
            uint length = Volatile.Read(ref header);
            if ((length & BpfAbi.BPF_RINGBUF_BUSY_BIT) != 0)
            {
                return false; // a program is still writing it; those behind it wait too
            }

            bool isDiscarded = (length & BpfAbi.BPF_RINGBUF_DISCARD_BIT) != 0;
            length &= ~(BpfAbi.BPF_RINGBUF_BUSY_BIT | BpfAbi.BPF_RINGBUF_DISCARD_BIT);
            _recordSpan = (length + BpfAbi.BPF_RINGBUF_HDR_SZ + 7) & ~7u;
            _recordLength = (int)length;
            _position += _recordSpan;
            if (!isDiscarded)
            {
                return true;
            }

            Release();
        }
    }

    /// <summary>Waits until a record may be there.</summary>
    internal WaitResult Wait(FileDescriptor? stop, TimeSpan timeout) => Poller.Wait(Descriptor, stop, timeout);

    /// <summary>Sums up a counter that programs keep for each processor: records that found the ring full.</summary>
    internal static long ReadLost(BpfMap lost)
    {
        int length = lost.ValueSize;
        Span<byte> values = length <= 1024 ? stackalloc byte[length] : new byte[length];
        long sum = 0;
        if (lost.TryLookup([0, 0, 0, 0], values))
        {
            foreach (long value in MemoryMarshal.Cast<byte, long>(values))
            {
                sum += value;
            }
        }

        return sum;
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _producer.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Release()
    {
        if (_released != _position)
        {
            _released = _position;
            Volatile.Write(ref ConsumerPosition, _position);
        }
    }
}
