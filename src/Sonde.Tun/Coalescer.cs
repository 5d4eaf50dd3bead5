using System.Buffers.Binary;

namespace Sonde.Tun;

/// <summary>Joins neighbouring packets of a flow to super-packets, without copying payloads; what cannot be joined stays as it is. Needs no device.</summary>
/// <remarks>
/// <para>
/// Joined are TCP segments with data that follow each other and UDP datagrams of equal size, when a receiver could not tell the difference:
/// same addresses, ports, traffic class, hop limit, options, acknowledgement and window, both checksums right. A packet whose checksum is
/// wrong, or unfinished, is never joined: joining would make it look right. The order within a flow stays.
/// </para>
/// <para>Made for one thread; it refers to the batch until the next <see cref="Load(TunBatch)"/> and allocates only when it is made.</para>
/// </remarks>
public sealed class Coalescer
{
    /// <summary>The most bytes of headers that a joined packet has: IPv6 or IPv4 without options, and TCP with options.</summary>
    public const int MaxHeaderLength = 100;

    /// <summary>The most packets that one super-packet stands for: older kernels refuse more.</summary>
    public const int MaxPackets = 64;

    private const int None = -1;

    private readonly Group[] _groups;
    private readonly int[] _nextMember; // by packet
    private readonly int[] _buckets; // the newest group of each flow
    private readonly bool _joinsUdp;
    private TunBatch? _batch;
    private int _count;
    private int _lastGroup;

    /// <summary>Makes one for batches of up to a size.</summary>
    /// <param name="capacity">The capacity of the largest batch.</param>
    /// <param name="joinsUdp">Whether the device takes UDP super-packets.</param>
    public Coalescer(int capacity = 128, bool joinsUdp = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _groups = new Group[capacity];
        _nextMember = new int[capacity];
        _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, 16))];
        _joinsUdp = joinsUdp;
    }

    /// <summary>The capacity of the largest batch that it takes.</summary>
    public int Capacity => _groups.Length;

    /// <summary>How many packets it made of the batch.</summary>
    public int Count => _count;

    /// <summary>One of them, in the order in which they are to be sent.</summary>
    public CoalescedPacket this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
            return new CoalescedPacket(this, index);
        }
    }

    /// <summary>Joins what can be joined of a batch.</summary>
    /// <exception cref="ArgumentException">The batch holds more packets than this was made for.</exception>
    public void Load(TunBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Load(batch, skipsSent: false);
    }

    /// <inheritdoc cref="Load(TunBatch)"/>
    internal void Load(TunBatch batch, bool skipsSent)
    {
        if (batch.Count > _groups.Length)
        {
            throw new ArgumentException("The batch holds more packets than this coalescer was made for.", nameof(batch));
        }

        _batch = batch;
        _count = 0;
        _lastGroup = None;
        _buckets.AsSpan().Fill(None);
        for (int i = 0; i < batch.Count; i++)
        {
            if (!skipsSent || !batch.IsSent(i))
            {
                Add(i);
            }
        }
    }

    internal int CountOf(int group) => _groups[group].Members;

    internal int LengthOf(int group) => _groups[group].Members == 1 ? Packet(_groups[group].First).Length : _groups[group].HeaderLength + _groups[group].PayloadLength;

    internal int FirstOf(int group) => _groups[group].First;

    internal TunSegmentation SegmentationOf(int group)
    {
        ref readonly Group joined = ref _groups[group];
        return joined.Members == 1 ? Batch.GetSegmentation(joined.First) : new TunSegmentation
        {
            Kind = joined.Flow.IsTcp ? joined.Flow.IsIPv4 ? TunSegmentationKind.TcpIPv4 : TunSegmentationKind.TcpIPv6 : TunSegmentationKind.Udp,
            NeedsChecksum = true,
            SegmentSize = (ushort)joined.SegmentSize,
            ChecksumStart = (ushort)joined.Flow.TransportStart,
            ChecksumOffset = (ushort)(joined.Flow.IsTcp ? 16 : 6),
        };
    }

    internal void CopyMembers(int group, Span<int> destination)
    {
        int at = 0;
        for (int member = _groups[group].First; member != None; member = _nextMember[member])
        {
            destination[at++] = member;
        }
    }

    internal int CopyGroup(int group, Span<byte> destination)
    {
        ref readonly Group joined = ref _groups[group];
        if (joined.Members == 1)
        {
            ReadOnlySpan<byte> packet = Packet(joined.First);
            packet.CopyTo(destination);
            return packet.Length;
        }

        int length = WriteHeader(group, destination);
        for (int member = joined.First; member != None; member = _nextMember[member])
        {
            ReadOnlySpan<byte> payload = Packet(member)[joined.HeaderLength..];
            payload.CopyTo(destination[length..]);
            length += payload.Length;
        }

        return length;
    }

    internal int WriteHeader(int group, Span<byte> destination)
    {
        ref readonly Group joined = ref _groups[group];
        ReadOnlySpan<byte> first = Packet(joined.First);
        if (joined.Members == 1)
        {
            first[..joined.HeaderLength].CopyTo(destination);
            return joined.HeaderLength;
        }

        Span<byte> header = destination[..joined.HeaderLength];
        first[..joined.HeaderLength].CopyTo(header);
        int total = joined.HeaderLength + joined.PayloadLength;
        ulong pseudo;
        if (joined.Flow.IsIPv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)total);
            header[10] = 0;
            header[11] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)~ChecksumCopy.ToNetwork(ChecksumCopy.Sum(header[..20])));
            pseudo = ChecksumCopy.Sum(header[12..20]);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(total - 40));
            pseudo = ChecksumCopy.Sum(header[8..40]);
        }

        int transportLength = total - joined.Flow.TransportStart;
        pseudo += ChecksumCopy.InHostOrder(transportLength) + ChecksumCopy.InHostOrder(joined.Flow.IsTcp ? 6 : 17);
        Span<byte> transport = header[joined.Flow.TransportStart..];
        ushort partial = ChecksumCopy.ToNetwork(pseudo); // not complemented: the device adds the rest and finishes it
        if (joined.Flow.IsTcp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[16..], partial);
            transport[13] |= (byte)(joined.IsPushed ? 0x08 : 0);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)transportLength);
            BinaryPrimitives.WriteUInt16BigEndian(transport[6..], partial);
        }

        return joined.HeaderLength;
    }

    private TunBatch Batch => _batch ?? throw new InvalidOperationException("Load a batch first.");

    private Span<byte> Packet(int index) => Batch[index];

    private void Add(int index)
    {
        Span<byte> packet = Packet(index);
        _nextMember[index] = None;
        if (!PacketFlow.TryRead(packet, out PacketFlow flow))
        {
            Open(index, default, bucket: None);
            return;
        }

        // The neighbour is of the same flow most of the time.
        int newest = _lastGroup != None && _groups[_lastGroup].IsNewestOfFlow && flow.IsSameFlow(in _groups[_lastGroup].Flow, packet, Packet(_groups[_lastGroup].First)) ? _lastGroup : None;
        int bucket = None;
        if (newest == None)
        {
            bucket = Find(in flow, packet, out newest);
        }

        bool canJoin = flow.IsJoinable && (flow.IsTcp || _joinsUdp) && Batch.GetSegmentation(index) == default;
        if (canJoin && newest != None && TryJoin(ref _groups[newest], index, in flow, packet))
        {
            _lastGroup = newest;
            return;
        }

        // Whatever comes later of this flow must come after this packet, so it may only join this one.
        if (newest != None)
        {
            _groups[newest].IsNewestOfFlow = false;
            bucket = _groups[newest].Bucket;
        }

        Open(index, flow, bucket);
        _groups[_lastGroup].CanGrow = canJoin;
    }

    private void Open(int index, in PacketFlow flow, int bucket)
    {
        int group = _count++;
        _groups[group] = new Group
        {
            First = index,
            Last = index,
            Members = 1,
            Flow = flow,
            Bucket = bucket,
            HeaderLength = flow.PayloadStart,
            SegmentSize = flow.PayloadLength,
            PayloadLength = flow.PayloadLength,
            IsPushed = flow.IsPushed,
            IsNewestOfFlow = bucket != None,
        };
        if (bucket != None)
        {
            _buckets[bucket] = group;
        }

        _lastGroup = group;
    }

    // The newest group of a flow, and the bucket that names it or will name it.
    private int Find(in PacketFlow flow, ReadOnlySpan<byte> packet, out int newest)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)(flow.Hash(packet) & (uint)mask);
        for (int probes = 0; probes <= mask; probes++, bucket = (bucket + 1) & mask)
        {
            newest = _buckets[bucket];
            if (newest == None || flow.IsSameFlow(in _groups[newest].Flow, packet, Packet(_groups[newest].First)))
            {
                return bucket;
            }
        }

        // There are no more flows than packets and no fewer buckets, so this is not reached; without a bucket a packet only stays alone.
        newest = None;
        return None;
    }

    private bool TryJoin(ref Group group, int index, in PacketFlow flow, ReadOnlySpan<byte> packet)
    {
        if (!group.CanGrow
            || group.IsPushed
            || group.Members == MaxPackets
            || flow.PayloadLength > group.SegmentSize
            || group.LastPayloadLength != group.SegmentSize
            || group.HeaderLength + group.PayloadLength + flow.PayloadLength > TunBatch.MaxPacketSize
            || !flow.Follows(in group.Flow, group.Members, group.PayloadLength, packet, Packet(group.First)))
        {
            return false;
        }

        // Each is verified once: the first when the second comes.
        if (group.Members == 1 && !group.Flow.HasRightChecksums(Packet(group.First)))
        {
            group.CanGrow = false;
            return false;
        }

        if (!flow.HasRightChecksums(packet))
        {
            return false;
        }

        _nextMember[group.Last] = index;
        group.Last = index;
        group.Members++;
        group.PayloadLength += flow.PayloadLength;
        group.ShortTail = flow.PayloadLength < group.SegmentSize ? flow.PayloadLength : 0;
        group.IsPushed = flow.IsPushed;
        return true;
    }

    private struct Group
    {
        internal int First;
        internal int Last;
        internal int Members;
        internal int HeaderLength;
        internal int SegmentSize;
        internal int PayloadLength;
        internal int ShortTail;
        internal int Bucket;
        internal bool IsPushed;
        internal bool CanGrow;
        internal bool IsNewestOfFlow;
        internal PacketFlow Flow;

        /// <summary>The payload of the last member.</summary>
        internal readonly int LastPayloadLength => ShortTail == 0 ? SegmentSize : ShortTail;
    }
}
