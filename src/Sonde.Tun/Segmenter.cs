using System.Buffers.Binary;

namespace Sonde.Tun;

/// <summary>Cuts a super-packet into the packets that it stands for, with finished checksums; also finishes the checksum of a plain packet. Needs no device.</summary>
/// <remarks>
/// <para>
/// The packets are those that the Linux kernel makes of the same super-packet: IPv4 identification counts up, TCP sequence numbers go on, FIN
/// and PSH stay with the last segment and CWR with the first, each length and checksum is its own.
/// </para>
/// <para>
/// It keeps numbers, not the packet: give each call the same bytes. It never throws for what the bytes or their description say, and when
/// the receiver's room runs out it can be continued later.
/// </para>
/// </remarks>
public struct Segmenter
{
    private const int IPv4MinHeader = 20;
    private const int IPv6Header = 40;
    private const int TcpMinHeader = 20;
    private const int UdpHeader = 8;
    private const byte TcpFin = 0x01;
    private const byte TcpPush = 0x08;
    private const byte TcpCongestionReduced = 0x80;

    private readonly ulong _networkSum; // of the IPv4 header without length, identification and checksum
    private readonly ulong _pseudoSum; // of addresses and protocol
    private readonly int _transportStart;
    private readonly int _payloadStart;
    private readonly int _payloadEnd;
    private readonly int _segmentSize;
    private readonly uint _sequence;
    private readonly ushort _identification;
    private readonly Plan _plan;
    private readonly bool _isIPv4;
    private readonly bool _isTcp;
    private readonly int _checksumAt;
    private readonly int _end;
    private int _payloadNext;
    private int _index;

    private Segmenter(ReadOnlySpan<byte> packet, TunSegmentation segmentation, int headerLength)
    {
        _isIPv4 = packet[0] >> 4 == 4;
        _end = packet.Length;
        if (headerLength == 0)
        {
            _plan = segmentation.NeedsChecksum ? Plan.FinishChecksum : Plan.Copy;
            _transportStart = segmentation.ChecksumStart;
            _checksumAt = segmentation.ChecksumStart + segmentation.ChecksumOffset;
            return;
        }

        _plan = Plan.Split;
        _isTcp = segmentation.Kind != TunSegmentationKind.Udp;
        _transportStart = segmentation.ChecksumStart;
        _payloadStart = headerLength;
        _payloadNext = headerLength;
        _payloadEnd = packet.Length;
        _segmentSize = segmentation.SegmentSize;
        _checksumAt = _transportStart + (_isTcp ? 16 : 6);
        if (_isIPv4)
        {
            _identification = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
            _networkSum = ChecksumCopy.Sum(packet[..2]) + ChecksumCopy.Sum(packet[6..10]) + ChecksumCopy.Sum(packet[12.._transportStart]);
            _pseudoSum = ChecksumCopy.Sum(packet[12..20]);
        }
        else
        {
            _pseudoSum = ChecksumCopy.Sum(packet[8..40]);
        }

        _pseudoSum += ChecksumCopy.InHostOrder(_isTcp ? 6 : 17);
        _sequence = _isTcp ? BinaryPrimitives.ReadUInt32BigEndian(packet[(_transportStart + 4)..]) : 0;
    }

    private enum Plan : byte
    {
        Copy = 0,
        FinishChecksum,
        Split,
    }

    /// <summary>Whether every segment was written.</summary>
    public readonly bool IsDone => _plan == Plan.Split ? _payloadNext >= _payloadEnd : _index > 0;

    /// <summary>Whether a segment was written already.</summary>
    internal readonly bool IsBegun => _index > 0;

    /// <summary>How many packets the super-packet stands for.</summary>
    public readonly int SegmentCount => _plan == Plan.Split ? (_payloadEnd - _payloadStart + _segmentSize - 1) / _segmentSize : 1;

    /// <summary>How long the next segment is; 0 when there is none.</summary>
    public readonly int NextLength => IsDone ? 0 : _plan == Plan.Split ? _payloadStart + Math.Min(_segmentSize, _payloadEnd - _payloadNext) : _end;

    /// <summary>Checks a packet against its description.</summary>
    /// <param name="packet">From its IP header on, at most 65535 bytes.</param>
    /// <param name="segmentation">What it is said to stand for.</param>
    /// <param name="segmenter">Writes its segments.</param>
    /// <returns><see langword="false"/> when the description contradicts the bytes.</returns>
    public static bool TryCreate(ReadOnlySpan<byte> packet, TunSegmentation segmentation, out Segmenter segmenter) =>
        TryCreate(packet, segmentation, out segmenter, out _);

    /// <inheritdoc cref="TryCreate(ReadOnlySpan{byte}, TunSegmentation, out Segmenter)"/>
    /// <param name="packet">From its IP header on, at most 65535 bytes.</param>
    /// <param name="segmentation">What it is said to stand for.</param>
    /// <param name="segmenter">Writes its segments.</param>
    /// <param name="defect">What contradicts what.</param>
    public static bool TryCreate(ReadOnlySpan<byte> packet, TunSegmentation segmentation, out Segmenter segmenter, out SegmentationDefect defect)
    {
        segmenter = default;
        defect = Check(packet, segmentation, out int headerLength);
        if (defect != SegmentationDefect.None)
        {
            return false;
        }

        segmenter = new Segmenter(packet, segmentation, headerLength);
        return true;
    }

    /// <summary>Writes the next segment.</summary>
    /// <param name="packet">The same bytes that it was created for.</param>
    /// <param name="destination">At least <see cref="NextLength"/> bytes, not overlapping the packet.</param>
    /// <returns>How many bytes were written; 0 when there is no further segment.</returns>
    /// <exception cref="ArgumentException">The destination is too short, or the packet is not the one that it was created for.</exception>
    public int WriteNext(ReadOnlySpan<byte> packet, Span<byte> destination)
    {
        int length = NextLength;
        if (packet.Length != _end || destination.Length < length)
        {
            throw new ArgumentException("The packet must be the one of TryCreate, and the destination NextLength long.", nameof(packet));
        }

        if (length == 0)
        {
            return 0;
        }

        destination = destination[..length];
        switch (_plan)
        {
            case Plan.Split:
                WriteSegment(packet, destination);
                break;
            case Plan.FinishChecksum:
                packet[.._transportStart].CopyTo(destination);
                ulong sum = ChecksumCopy.CopyAndSum(packet[_transportStart..], destination[_transportStart..]);
                WriteChecksum(destination[_checksumAt..], sum, _checksumAt - _transportStart == 6);
                break;
            default:
                packet.CopyTo(destination);
                break;
        }

        _index++;
        return length;
    }

    /// <summary>Adds segments to a batch until all are there or it is full.</summary>
    /// <returns>How many were added; call again with an empty batch while <see cref="IsDone"/> says no.</returns>
    public int Fill(ReadOnlySpan<byte> packet, TunBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int added = 0;
        while (!IsDone && batch.TryReserve(NextLength, out Span<byte> room))
        {
            batch.Commit(WriteNext(packet, room));
            added++;
        }

        return added;
    }

    private static SegmentationDefect Check(ReadOnlySpan<byte> packet, TunSegmentation segmentation, out int headerLength)
    {
        headerLength = 0;
        if (packet.Length is 0 or > TunBatch.MaxPacketSize)
        {
            return SegmentationDefect.BadLength;
        }

        int start = segmentation.ChecksumStart;
        int version = packet[0] >> 4;
        if (segmentation.Kind == TunSegmentationKind.None)
        {
            if (version is not (4 or 6))
            {
                return SegmentationDefect.WrongVersion;
            }

            // Which protocol it is, only the system knows: all that counts is that sum and field lie inside the packet.
            return segmentation.NeedsChecksum && (start < IPv4MinHeader || start + segmentation.ChecksumOffset + 2 > packet.Length)
                ? SegmentationDefect.BadChecksumPlace
                : SegmentationDefect.None;
        }

        byte protocol;
        switch (segmentation.Kind)
        {
            case TunSegmentationKind.TcpIPv4 when version == 4:
            case TunSegmentationKind.TcpIPv6 when version == 6:
                protocol = 6;
                break;
            case TunSegmentationKind.Udp when version is 4 or 6:
                protocol = 17;
                break;
            case TunSegmentationKind.TcpIPv4 or TunSegmentationKind.TcpIPv6 or TunSegmentationKind.Udp:
                return SegmentationDefect.WrongVersion;
            default:
                return SegmentationDefect.UnknownKind;
        }

        SegmentationDefect network = version == 4 ? CheckIPv4(packet, start, protocol) : CheckIPv6(packet, start, protocol);
        if (network != SegmentationDefect.None)
        {
            return network;
        }

        // The header length of the description is not asked: on forwarded packets the kernel puts the length of its first buffer there.
        int size = UdpHeader;
        if (protocol == 6)
        {
            size = start + TcpMinHeader <= packet.Length ? packet[start + 12] >> 4 << 2 : 0;
        }

        if (size < (protocol == 6 ? TcpMinHeader : UdpHeader) || start + size > packet.Length)
        {
            return SegmentationDefect.BadTransportHeader;
        }

        if (segmentation.NeedsChecksum && segmentation.ChecksumOffset != (protocol == 6 ? 16 : 6))
        {
            return SegmentationDefect.BadChecksumPlace;
        }

        if (segmentation.SegmentSize == 0)
        {
            return SegmentationDefect.NoSegmentSize;
        }

        headerLength = start + size;
        return headerLength < packet.Length ? SegmentationDefect.None : SegmentationDefect.NoPayload;
    }

    private static SegmentationDefect CheckIPv4(ReadOnlySpan<byte> packet, int transportStart, byte protocol)
    {
        int headerLength = (packet[0] & 0xF) << 2;
        return headerLength >= IPv4MinHeader && packet.Length >= headerLength && packet[9] == protocol && transportStart == headerLength
            ? SegmentationDefect.None
            : SegmentationDefect.BadNetworkHeader;
    }

    // Extension headers are copied as they are: what counts is that they lead to the transport header where the description says.
    private static SegmentationDefect CheckIPv6(ReadOnlySpan<byte> packet, int transportStart, byte protocol)
    {
        if (packet.Length < IPv6Header || transportStart < IPv6Header || transportStart >= packet.Length)
        {
            return SegmentationDefect.BadNetworkHeader;
        }

        byte next = packet[6];
        int at = IPv6Header;
        while (at < transportStart)
        {
            // Hop-by-hop, routing and destination options share one layout; a fragment cannot be a super-packet.
            if (next is not (0 or 43 or 60) || at + 8 > transportStart)
            {
                return SegmentationDefect.BadNetworkHeader;
            }

            next = packet[at];
            at += (packet[at + 1] + 1) << 3;
        }

        return at == transportStart && next == protocol ? SegmentationDefect.None : SegmentationDefect.BadNetworkHeader;
    }

    // A UDP checksum of zero would say "none" (RFC 768), and IPv6 forbids that: its other form is used.
    private static void WriteChecksum(Span<byte> field, ulong sum, bool zeroMeansNone)
    {
        ushort checksum = (ushort)~ChecksumCopy.ToNetwork(sum);
        BinaryPrimitives.WriteUInt16BigEndian(field, checksum == 0 && zeroMeansNone ? (ushort)0xFFFF : checksum);
    }

    private void WriteSegment(ReadOnlySpan<byte> packet, Span<byte> segment)
    {
        packet[.._payloadStart].CopyTo(segment);
        int payload = segment.Length - _payloadStart;
        int transportLength = segment.Length - _transportStart;
        bool isFirst = _index == 0;
        bool isLast = _payloadNext + payload >= _payloadEnd;
        if (_isIPv4)
        {
            ushort identification = (ushort)(_identification + _index);
            BinaryPrimitives.WriteUInt16BigEndian(segment[2..], (ushort)segment.Length);
            BinaryPrimitives.WriteUInt16BigEndian(segment[4..], identification);
            WriteChecksum(segment[10..], _networkSum + ChecksumCopy.InHostOrder(segment.Length) + ChecksumCopy.InHostOrder(identification), zeroMeansNone: false);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(segment[4..], (ushort)(segment.Length - IPv6Header));
        }

        Span<byte> transport = segment[_transportStart.._payloadStart];
        if (_isTcp)
        {
            BinaryPrimitives.WriteUInt32BigEndian(transport[4..], _sequence + (uint)(_payloadNext - _payloadStart));
            byte cleared = (byte)((isFirst ? 0 : TcpCongestionReduced) | (isLast ? 0 : TcpFin | TcpPush));
            transport[13] &= (byte)~cleared;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)transportLength);
        }

        Span<byte> checksum = segment[_checksumAt..];
        checksum[0] = 0;
        checksum[1] = 0;
        ulong sum = _pseudoSum + ChecksumCopy.InHostOrder(transportLength) + ChecksumCopy.Sum(transport);

        // Headers have an even length, so the payload's words are the packet's words.
        sum += ChecksumCopy.CopyAndSum(packet.Slice(_payloadNext, payload), segment[_payloadStart..]);
        WriteChecksum(checksum, sum, !_isTcp);
        _payloadNext += payload;
    }
}
