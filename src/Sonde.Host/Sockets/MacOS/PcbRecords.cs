using System.Buffers.Binary;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Packets;

namespace Sonde.Host.Sockets.MacOS;

/// <summary>Walks an answer of net.inet.*.pcblist_n: records of a length and a kind, those of one socket behind each other. Never throws, always advances.</summary>
/// <remarks>What newer systems append to a record, and kinds that have no name here, are passed over by their lengths.</remarks>
internal ref struct PcbRecords
{
    private const int Head = 2 * sizeof(uint);
    private const uint NoThreshold = 0x3FFF_C000; // TCP_MAXWIN << TCP_MAX_WINSHIFT: where it stands until a loss

    private readonly SocketKind _kind;
    private ReadOnlySpan<byte> _rest;
    private SocketSample _sample;
    private TcpSample _tcp;

    internal PcbRecords(ReadOnlySpan<byte> answer, SocketKind kind)
    {
        _kind = kind;
        int skip = NativeStruct.TryRead(answer, out xinpgen first) ? RoundUp(first.xig_len, answer.Length) : answer.Length;
        _rest = answer[skip..];
        IsTorn = skip == 0 || answer.Length < NativeStruct.SizeOf<xinpgen>();
    }

    /// <summary>The socket in hand.</summary>
    internal readonly SocketSample Sample => _sample;

    /// <summary>Its figures.</summary>
    internal readonly TcpSample Tcp => _tcp;

    /// <summary>Whether there are any.</summary>
    internal bool HasTcp { get; private set; }

    /// <summary>The process that used it last, and the one on whose behalf; 0 for none.</summary>
    internal (int Last, int Effective) Owner { get; private set; }

    /// <summary>What tells it from every other socket of its protocol since the start of the system.</summary>
    internal ulong Generation { get; private set; }

    /// <summary>Whether the walk ended at bytes that are no record.</summary>
    internal bool IsTorn { get; private set; }

    internal bool MoveNext()
    {
        _sample = default;
        _tcp = default;
        HasTcp = false;
        Owner = default;
        bool isBegun = false;
        while (TryPeek(out uint length, out uint kind))
        {
            if (kind == PcbList.XSO_INPCB && isBegun)
            {
                break; // the next one
            }

            if (length <= NativeStruct.SizeOf<xinpgen>())
            {
                _rest = default; // the end of the list looks like its beginning
                break;
            }

            ReadOnlySpan<byte> record = _rest[..(int)length];
            _rest = _rest[RoundUp(length, _rest.Length)..];
            if (kind == PcbList.XSO_INPCB)
            {
                isBegun = true;
                FillEnds(NativeStruct.ReadPrefix<xinpcb_n>(record));
            }
            else if (isBegun)
            {
                Fill(kind, record);
            }
        }

        return isBegun;
    }

    private static int RoundUp(uint length, int limit) => (int)Math.Min((length + 7L) & ~7L, limit);

    private static FlowEndpoint EndOf(in FourWords address, ushort port, bool isIPv4)
    {
        ReadOnlySpan<byte> bytes = NativeStruct.AsBytes(address);
        if (isIPv4)
        {
            return new FlowEndpoint(InternetAddress.ReadIPv4(bytes[12..]), BinaryPrimitives.ReverseEndianness(port));
        }

        // Inside of the kernel the interface of a link-local address stands in its second word.
        Span<byte> clean = stackalloc byte[16];
        bytes.CopyTo(clean);
        if (clean[0] == 0xFE && (clean[1] & 0xC0) == 0x80)
        {
            clean[2] = 0;
            clean[3] = 0;
        }

        return new FlowEndpoint(InternetAddress.ReadIPv6(clean), BinaryPrimitives.ReverseEndianness(port));
    }

    private static SocketState StateOf(int state) => state switch
    {
        PcbList.TCPS_CLOSED => SocketState.Closed,
        PcbList.TCPS_LISTEN => SocketState.Listen,
        PcbList.TCPS_SYN_SENT => SocketState.SynSent,
        PcbList.TCPS_SYN_RECEIVED => SocketState.SynReceived,
        PcbList.TCPS_ESTABLISHED => SocketState.Established,
        PcbList.TCPS_CLOSE_WAIT => SocketState.CloseWait,
        PcbList.TCPS_FIN_WAIT_1 => SocketState.FinWait1,
        PcbList.TCPS_CLOSING => SocketState.Closing,
        PcbList.TCPS_LAST_ACK => SocketState.LastAck,
        PcbList.TCPS_FIN_WAIT_2 => SocketState.FinWait2,
        PcbList.TCPS_TIME_WAIT => SocketState.TimeWait,
        _ => SocketState.Unknown,
    };

    private bool TryPeek(out uint length, out uint kind)
    {
        length = 0;
        kind = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (!NativeStruct.TryRead(_rest, out length) || length < Head || length > _rest.Length || !NativeStruct.TryRead(_rest[sizeof(uint)..], out kind))
        {
            IsTorn = true;
            _rest = default;
            return false;
        }

        return true;
    }

    private void Fill(uint kind, ReadOnlySpan<byte> record)
    {
        switch (kind)
        {
            case PcbList.XSO_SOCKET:
                FillSocket(NativeStruct.ReadPrefix<xsocket_n>(record));
                break;
            case PcbList.XSO_RCVBUF:
                xsockbuf_n receive = NativeStruct.ReadPrefix<xsockbuf_n>(record);
                _sample.ReceiveQueue = _sample.State == SocketState.Listen ? _sample.ReceiveQueue : receive.sb_cc;
                _sample.ReceiveBuffer = receive.sb_hiwat;
                _sample.ReceiveMemory = receive.sb_mbcnt;
                _sample.Facts |= SocketFacts.ReceiveQueue | SocketFacts.ReceiveBuffer | SocketFacts.ReceiveMemory;
                break;
            case PcbList.XSO_SNDBUF:
                xsockbuf_n send = NativeStruct.ReadPrefix<xsockbuf_n>(record);
                _sample.SendQueue = send.sb_cc;
                _sample.SendBuffer = send.sb_hiwat;
                _sample.SendMemory = send.sb_mbcnt;
                _sample.Facts |= SocketFacts.SendQueue | SocketFacts.SendBuffer | SocketFacts.SendMemory;
                break;
            case PcbList.XSO_STATS:
                FillTraffic(NativeStruct.ReadPrefix<xsockstat_n>(record));
                break;
            case PcbList.XSO_TCPCB when _kind == SocketKind.Tcp:
                FillTcp(NativeStruct.ReadPrefix<xtcpcb_n>(record));
                break;
        }
    }

    private void FillEnds(in xinpcb_n ends)
    {
        bool isIPv4 = (ends.inp_vflag & PcbList.INP_IPV6) == 0;
        _sample.Kind = _kind;
        _sample.Protocol = _kind switch { SocketKind.Tcp => IPProtocol.Tcp, SocketKind.Udp => IPProtocol.Udp, _ => (IPProtocol)ends.inp_ip_p };
        _sample.IsIPv6 = !isIPv4;
        _sample.IsIPv6Only = !isIPv4 && (ends.inp_vflag & PcbList.INP_IPV4) == 0;
        _sample.Facts = isIPv4 ? SocketFacts.None : SocketFacts.IPv6Only;
        _sample.Local = EndOf(ends.inp_dependladdr, ends.inp_lport, isIPv4);
        _sample.Remote = EndOf(ends.inp_dependfaddr, ends.inp_fport, isIPv4);
        _sample.State = _kind == SocketKind.Tcp ? SocketState.Unknown
            : _sample.Remote.Port != 0 || !_sample.Remote.Address.IsAny ? SocketState.Established
            : SocketState.Unconnected;
        Generation = ends.inp_gencnt;
    }

    private void FillSocket(in xsocket_n socket)
    {
        if (socket.xso_so == 0)
        {
            return; // only the protocol still knows of it: user 0 is nobody, not root
        }

        _sample.User = socket.so_uid;
        _sample.Facts |= SocketFacts.User;
        Owner = (socket.so_last_pid, socket.so_e_pid);

        // AF_INET6: an IPv6 socket that talks IPv4 has IPv4 addresses.
        _sample.IsIPv6 = socket.xso_family == Darwin.AF_INET6;
        if (_kind == SocketKind.Raw)
        {
            _sample.Protocol = (IPProtocol)socket.xso_protocol;
        }

        // Overwritten by the buffers' own counts, unless it listens; that is told by the record behind them.
        _sample.ReceiveQueue = (uint)Math.Max(socket.so_qlen, (short)0);
    }

    private void FillTraffic(in xsockstat_n counters)
    {
        const int ReceivedPackets = 0;
        const int ReceivedBytes = 1;
        const int SentPackets = 2;
        const int SentBytes = 3;
        const int Each = 4;
        ReadOnlySpan<ulong> classes = counters.xst_tc_stats;
        for (int at = 0; at + Each <= classes.Length; at += Each)
        {
            _sample.ReceivedPackets = unchecked(_sample.ReceivedPackets + classes[at + ReceivedPackets]);
            _sample.ReceivedBytes = unchecked(_sample.ReceivedBytes + classes[at + ReceivedBytes]);
            _sample.SentPackets = unchecked(_sample.SentPackets + classes[at + SentPackets]);
            _sample.SentBytes = unchecked(_sample.SentBytes + classes[at + SentBytes]);
        }

        _sample.Facts |= SocketFacts.Traffic;
    }

    private void FillTcp(in xtcpcb_n tcp)
    {
        _sample.State = StateOf(tcp.t_state);
        if (_sample.State == SocketState.Closed && _sample.Local.Port != 0)
        {
            _sample.State = SocketState.Bound;
        }

        HasTcp = _sample.State is not (SocketState.Listen or SocketState.Bound or SocketState.Closed);
        if (!HasTcp)
        {
            return;
        }

        // Round trips in milliseconds with five and four bits behind the point; windows in bytes.
        _tcp.RoundTrip = ToMicroseconds(tcp.t_srtt, 5);
        _tcp.RoundTripVariance = ToMicroseconds(tcp.t_rttvar, 4);
        _tcp.MinimumRoundTrip = (uint)Math.Min(tcp.t_rttmin * 1000L, uint.MaxValue);
        _tcp.RetransmitTimeout = (ulong)Math.Max(tcp.t_rxtcur, 0) * 1000;
        _tcp.Backoff = (byte)Math.Clamp(tcp.t_rxtshift, 0, byte.MaxValue);
        _tcp.SendSegmentSize = tcp.t_maxseg;
        _tcp.SendWindow = tcp.snd_wnd;
        _tcp.ReceiveWindow = tcp.rcv_wnd;
        _tcp.SendWindowScale = tcp.snd_scale;
        _tcp.ReceiveWindowScale = tcp.rcv_scale;
        _tcp.Facts = TcpFacts.RoundTrip | TcpFacts.RoundTripVariance | TcpFacts.RetransmitTimeout | TcpFacts.Backoff | TcpFacts.SendSegmentSize
            | TcpFacts.SendWindow | TcpFacts.ReceiveWindow | TcpFacts.WindowScale | (tcp.t_rttmin != 0 ? TcpFacts.MinimumRoundTrip : TcpFacts.None);
        if (tcp.t_maxseg != 0)
        {
            _tcp.CongestionWindow = tcp.snd_cwnd / tcp.t_maxseg;
            _tcp.SlowStartThreshold = tcp.snd_ssthresh >= NoThreshold ? uint.MaxValue : tcp.snd_ssthresh / tcp.t_maxseg;
            _tcp.Facts |= TcpFacts.CongestionWindow | TcpFacts.SlowStartThreshold;
        }

        if (_sample.Has(SocketFacts.Traffic))
        {
            _tcp.BytesSent = _sample.SentBytes;
            _tcp.BytesReceived = _sample.ReceivedBytes;
            _tcp.SegmentsSent = _sample.SentPackets;
            _tcp.SegmentsReceived = _sample.ReceivedPackets;
            _tcp.Facts |= TcpFacts.BytesSent | TcpFacts.BytesReceived | TcpFacts.SegmentsSent | TcpFacts.SegmentsReceived;
        }
    }

    private static uint ToMicroseconds(int value, int bits) => (uint)Math.Clamp(value * 1000L >> bits, 0, uint.MaxValue);
}
