using System.Buffers.Binary;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Packets;

namespace Sonde.Host.Sockets.Windows;

/// <summary>Walks a table of GetExtendedTcpTable or GetExtendedUdpTable with owner modules: a count, then rows. Never throws; what the count promises and is not there it counts.</summary>
internal ref struct WindowsSocketRows
{
    private static readonly int s_first = NativeStruct.SizeOf<MIB_TCPTABLE_OWNER_MODULE>() - NativeStruct.SizeOf<MIB_TCPROW_OWNER_MODULE>();

    private readonly ReadOnlySpan<byte> _table;
    private readonly SocketKind _kind;
    private readonly bool _isIPv6;
    private readonly int _size;
    private readonly int _count;
    private int _at;

    internal WindowsSocketRows(ReadOnlySpan<byte> table, SocketKind kind, bool isIPv6)
    {
        _table = table;
        _kind = kind;
        _isIPv6 = isIPv6;
        _size = (kind, isIPv6) switch
        {
            (SocketKind.Tcp, false) => NativeStruct.SizeOf<MIB_TCPROW_OWNER_MODULE>(),
            (SocketKind.Tcp, true) => NativeStruct.SizeOf<MIB_TCP6ROW_OWNER_MODULE>(),
            (_, false) => NativeStruct.SizeOf<MIB_UDPROW_OWNER_MODULE>(),
            _ => NativeStruct.SizeOf<MIB_UDP6ROW_OWNER_MODULE>(),
        };
        uint promised = NativeStruct.TryRead(table, out uint count) ? count : 0;
        _count = (int)Math.Min(promised, (uint)(Math.Max(table.Length - s_first, 0) / _size));
        Missing = promised - (uint)_count;
    }

    /// <summary>How many rows the table promises that are not in it.</summary>
    internal long Missing { get; }

    /// <summary>The socket in hand.</summary>
    internal SocketSample Sample { get; private set; }

    /// <summary>The process that made it; 0 when the system names none.</summary>
    internal uint Owner { get; private set; }

    internal bool MoveNext()
    {
        if (_at >= _count)
        {
            return false;
        }

        ReadOnlySpan<byte> row = _table.Slice(s_first + (_at * _size), _size);
        _at++;
        switch (_kind, _isIPv6)
        {
            case (SocketKind.Tcp, false):
                Fill(NativeStruct.ReadPrefix<MIB_TCPROW_OWNER_MODULE>(row));
                break;
            case (SocketKind.Tcp, true):
                Fill(NativeStruct.ReadPrefix<MIB_TCP6ROW_OWNER_MODULE>(row));
                break;
            case (_, false):
                Fill(NativeStruct.ReadPrefix<MIB_UDPROW_OWNER_MODULE>(row));
                break;
            default:
                Fill(NativeStruct.ReadPrefix<MIB_UDP6ROW_OWNER_MODULE>(row));
                break;
        }

        return true;
    }

    internal static SocketState StateOf(uint state) => state switch
    {
        MibTcpState.MIB_TCP_STATE_CLOSED => SocketState.Closed,
        MibTcpState.MIB_TCP_STATE_LISTEN => SocketState.Listen,
        MibTcpState.MIB_TCP_STATE_SYN_SENT => SocketState.SynSent,
        MibTcpState.MIB_TCP_STATE_SYN_RCVD => SocketState.SynReceived,
        MibTcpState.MIB_TCP_STATE_ESTAB => SocketState.Established,
        MibTcpState.MIB_TCP_STATE_FIN_WAIT1 => SocketState.FinWait1,
        MibTcpState.MIB_TCP_STATE_FIN_WAIT2 => SocketState.FinWait2,
        MibTcpState.MIB_TCP_STATE_CLOSE_WAIT => SocketState.CloseWait,
        MibTcpState.MIB_TCP_STATE_CLOSING => SocketState.Closing,
        MibTcpState.MIB_TCP_STATE_LAST_ACK => SocketState.LastAck,
        MibTcpState.MIB_TCP_STATE_TIME_WAIT => SocketState.TimeWait,
        MibTcpState.MIB_TCP_STATE_DELETE_TCB => SocketState.Deleting,
        _ => SocketState.Unknown,
    };

    // Addresses stand in memory as on the wire; of a port only the low half is defined.
    private static FlowEndpoint EndOf(uint address, uint port) =>
        new(InternetAddress.ReadIPv4(NativeStruct.AsBytes(address)), BinaryPrimitives.ReverseEndianness((ushort)port));

    private static FlowEndpoint EndOf(IN6_ADDR address, uint port) =>
        new(InternetAddress.ReadIPv6(address), BinaryPrimitives.ReverseEndianness((ushort)port));

    private void Fill(in MIB_TCPROW_OWNER_MODULE row) =>
        Fill(StateOf(row.dwState), EndOf(row.dwLocalAddr, row.dwLocalPort), EndOf(row.dwRemoteAddr, row.dwRemotePort), row.dwOwningPid, row.liCreateTimestamp);

    private void Fill(in MIB_TCP6ROW_OWNER_MODULE row) =>
        Fill(StateOf(row.dwState), EndOf(row.ucLocalAddr, row.dwLocalPort), EndOf(row.ucRemoteAddr, row.dwRemotePort), row.dwOwningPid, row.liCreateTimestamp);

    private void Fill(in MIB_UDPROW_OWNER_MODULE row) =>
        Fill(SocketState.Unconnected, EndOf(row.dwLocalAddr, row.dwLocalPort), new FlowEndpoint(InternetAddress.AnyIPv4, 0), row.dwOwningPid, row.liCreateTimestamp);

    private void Fill(in MIB_UDP6ROW_OWNER_MODULE row) =>
        Fill(SocketState.Unconnected, EndOf(row.ucLocalAddr, row.dwLocalPort), new FlowEndpoint(InternetAddress.AnyIPv6, 0), row.dwOwningPid, row.liCreateTimestamp);

    private void Fill(SocketState state, FlowEndpoint local, FlowEndpoint remote, uint owner, long created)
    {
        SocketSample sample = default;
        sample.Kind = _kind;
        sample.Protocol = _kind == SocketKind.Tcp ? IPProtocol.Tcp : IPProtocol.Udp;
        sample.IsIPv6 = _isIPv6;
        sample.State = state;
        sample.Local = local;

        // What stands in the place of a peer that a listener does not have is not defined.
        sample.Remote = state == SocketState.Listen ? new FlowEndpoint(_isIPv6 ? InternetAddress.AnyIPv6 : InternetAddress.AnyIPv4, 0) : remote;
        if (created is > 0 and < 0x24C8_5A5E_D1C0_0000) // in the years that DateTime has
        {
            sample.Started = DateTime.FromFileTimeUtc(created).Ticks;
            sample.Facts |= SocketFacts.Started;
        }

        Sample = sample;
        Owner = owner;
    }
}
