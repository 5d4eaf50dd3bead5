using System.Runtime.CompilerServices;

namespace Sonde.Tun;

/// <summary>Packets in one pinned block of memory, with room around each; the unit of <see cref="TunQueue"/>'s receive and send. Reuse it: it is meant to live as long as its queue.</summary>
/// <remarks>
/// <para>One thread at a time. Packets stay where they are until <see cref="Clear"/> or the next receive into this batch.</para>
/// <para>
/// Sending writes the system's own header (virtio, address family) over the last <see cref="FramingRoom"/> bytes before a packet: what the
/// caller put into its headroom must be part of the packet by then (<see cref="Extend"/>), or it is lost.
/// </para>
/// </remarks>
public sealed class TunBatch
{
    /// <summary>The largest IP packet, and so the largest packet of a batch.</summary>
    public const int MaxPacketSize = 65535;

    /// <summary>The bytes before each packet that belong to the system's framing while it is received or sent.</summary>
    public const int FramingRoom = 16;

    // Packets start at multiples of this: cheap vector loads, and neighbouring packets share no cache line's worth of header.
    private const int Alignment = 16;

    private readonly byte[] _slab;
    private readonly Entry[] _entries;
    private readonly int _before;
    private int _count;
    private int _end;
    private bool _hasSent;

    /// <summary>A batch of the default shape: 128 packets, no room around them but <see cref="FramingRoom"/>.</summary>
    public TunBatch()
        : this(new TunBatchOptions())
    {
    }

    /// <summary>A batch of a given shape.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or the capacity is zero.</exception>
    public TunBatch(TunBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Capacity, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Capacity, 65536, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Headroom, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Tailroom, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Headroom, 65536, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Tailroom, 65536, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.SlabSize, nameof(options));
        Headroom = options.Headroom;
        Tailroom = options.Tailroom;
        _before = Math.Max(options.Headroom, FramingRoom);
        _entries = new Entry[options.Capacity];

        // The last packet is offered the largest size whatever the others took.
        long common = Math.Min((long)options.Capacity * (_before + 1536 + options.Tailroom), 1 << 20) + OneSlot;
        long size = Math.Max(options.SlabSize == 0 ? common : options.SlabSize, OneSlot);
        _slab = GC.AllocateUninitializedArray<byte>(checked((int)size), pinned: true);
    }

    /// <summary>How many packets it holds at most.</summary>
    public int Capacity => _entries.Length;

    /// <summary>How many packets are in it.</summary>
    public int Count => _count;

    /// <summary>The bytes before each packet that are the caller's.</summary>
    public int Headroom { get; }

    /// <summary>The bytes after each packet that are the caller's.</summary>
    public int Tailroom { get; }

    /// <summary>The bytes of all packets together.</summary>
    public long TotalLength
    {
        get
        {
            long total = 0;
            foreach (ref readonly Entry entry in _entries.AsSpan(0, _count))
            {
                total += entry.Length;
            }

            return total;
        }
    }

    /// <summary>A packet, to read and to change in place.</summary>
    public Span<byte> this[int index]
    {
        get
        {
            ref readonly Entry entry = ref At(index);
            return _slab.AsSpan(entry.Start, entry.Length);
        }
    }

    // One packet of the largest size, with all the room that it may need around it.
    private int OneSlot => _before + MaxPacketSize + Tailroom + Alignment;

    /// <summary>A packet as memory, for APIs that keep it across an await.</summary>
    public Memory<byte> GetMemory(int index)
    {
        ref readonly Entry entry = ref At(index);
        return _slab.AsMemory(entry.Start, entry.Length);
    }

    /// <summary>Whether a packet stands for many, and whether its checksum is finished.</summary>
    public TunSegmentation GetSegmentation(int index) => At(index).Segmentation;

    /// <summary>Moves a packet's two ends: into its headroom and tailroom (positive), or into the packet (negative), and keeps the bytes between.</summary>
    /// <param name="index">Which packet.</param>
    /// <param name="before">Bytes to add in front, negative to cut.</param>
    /// <param name="after">Bytes to add at the end, negative to cut.</param>
    /// <returns>The packet in its new extent.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It would leave its room, or end before it starts.</exception>
    public Span<byte> Extend(int index, int before, int after)
    {
        ref Entry entry = ref At(index);
        int start = entry.Start - before;
        int length = entry.Length + before + after;
        if (start < entry.RoomStart || length < 0 || start + length > entry.RoomEnd)
        {
            throw new ArgumentOutOfRangeException(nameof(before), "The packet's headroom and tailroom do not reach that far; the batch declares them.");
        }

        entry.Start = start;
        entry.Length = length;
        return _slab.AsSpan(start, length);
    }

    /// <summary>Says what a packet stands for, after the caller has changed or built it.</summary>
    public void SetSegmentation(int index, TunSegmentation segmentation) => At(index).Segmentation = segmentation;

    /// <summary>Adds a copy of a packet.</summary>
    /// <returns><see langword="false"/> when there is no room for it.</returns>
    public bool TryAdd(ReadOnlySpan<byte> packet, TunSegmentation segmentation = default)
    {
        if (!TryReserve(packet.Length, out Span<byte> room))
        {
            return false;
        }

        packet.CopyTo(room);
        Commit(packet.Length, segmentation);
        return true;
    }

    /// <summary>Gives room for a packet that is about to be written in place; <see cref="Commit"/> makes it a packet.</summary>
    /// <param name="length">How long it may become.</param>
    /// <param name="room">The room, exactly that long; its headroom and tailroom are beside it.</param>
    /// <returns><see langword="false"/> when there is no room, or more is asked than a packet may have.</returns>
    public bool TryReserve(int length, out Span<byte> room)
    {
        int start = NextStart;
        if (_count == _entries.Length || (uint)length > MaxPacketSize || start + length + Tailroom > _slab.Length)
        {
            room = default;
            return false;
        }

        room = _slab.AsSpan(start, length);
        return true;
    }

    /// <summary>Makes a packet out of the first bytes of what <see cref="TryReserve"/> gave last.</summary>
    public void Commit(int length, TunSegmentation segmentation = default) => CommitAt(NextStart, length, segmentation);

    /// <summary>Takes out every packet.</summary>
    public void Clear()
    {
        _count = 0;
        _end = 0;
        _hasSent = false;
    }

    /// <summary>Takes out the packets for which <paramref name="keep"/> says no; the order of the others stays.</summary>
    public void Keep(Func<ReadOnlyMemory<byte>, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (keep(GetMemory(i)))
            {
                _entries[kept++] = _entries[i];
            }
        }

        _count = kept;
    }

    // The seam to the backends. The slab is pinned: its addresses may be given to the system for as long as the batch is reachable.

    /// <summary>The block that all packets lie in.</summary>
    internal byte[] Slab => _slab;

    /// <summary>Where in the slab a packet starts; at least <see cref="FramingRoom"/> bytes lie before it.</summary>
    internal int StartOf(int index) => At(index).Start;

    /// <summary>Where the next packet will start: <see cref="FramingRoom"/> bytes before it are free for the system's header.</summary>
    internal int NextStart
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ((_end + Alignment - 1) & -Alignment) + _before;
    }

    /// <summary>Makes a packet that lies further on than the next one would: several were received at once, each into a place of the same size.</summary>
    internal void CommitAt(int start, int length, TunSegmentation segmentation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(start, NextStart);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (_count == _entries.Length || start + length + Tailroom > _slab.Length)
        {
            throw new InvalidOperationException("Commit makes a packet of what TryReserve gave; there is no such room.");
        }

        _entries[_count++] = new Entry
        {
            Start = start,
            Length = length,
            RoomStart = start - _before,
            RoomEnd = start + length + Tailroom,
            Segmentation = segmentation,
        };
        _end = start + length + Tailroom;
    }

    /// <summary>How far apart packets of a given room lie.</summary>
    internal int StrideOf(int length) => (_before + length + Tailroom + Alignment - 1) & -Alignment;

    /// <summary>Whether one more packet of the largest size can be received: only then may a backend read one.</summary>
    internal bool HasRoomForAny => _count < _entries.Length && NextStart + MaxPacketSize + Tailroom <= _slab.Length;

    /// <summary>Whether a send that goes on later has sent this packet already.</summary>
    internal bool IsSent(int index) => _hasSent && At(index).IsSent;

    /// <summary>Marks a packet as sent, out of turn.</summary>
    internal void MarkSent(int index)
    {
        At(index).IsSent = true;
        _hasSent = true;
    }

    /// <summary>Forgets what was marked.</summary>
    internal void ForgetSent()
    {
        if (_hasSent)
        {
            foreach (ref Entry entry in _entries.AsSpan(0, _count))
            {
                entry.IsSent = false;
            }

            _hasSent = false;
        }
    }

    private ref Entry At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
        return ref _entries[index];
    }

    private struct Entry
    {
        internal int Start;
        internal int Length;
        internal int RoomStart;
        internal int RoomEnd;
        internal TunSegmentation Segmentation;
        internal bool IsSent;
    }
}
