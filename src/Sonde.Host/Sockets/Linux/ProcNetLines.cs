using System.Globalization;
using Sonde.Host.Interfaces.Linux;
using Sonde.Host.Sockets.Assembly;
using Sonde.Packets;

namespace Sonde.Host.Sockets.Linux;

/// <summary>Walks a file of /proc/net with sockets (proc_net(5)): a head line, then a line a socket. Never throws; what it cannot read it counts.</summary>
internal ref struct ProcNetLines
{
    private const int ClockTicksPerSecond = 100; // USER_HZ: what the kernel shows to programs, on every processor that .NET runs on

    private readonly SocketKind _kind;
    private readonly bool _isIPv6;
    private readonly ulong _networkNamespace;
    private ProcLines _lines;
    private SocketSample _sample;
    private TcpSample _tcp;

    internal ProcNetLines(ReadOnlySpan<byte> text, SocketKind kind, bool isIPv6, ulong networkNamespace)
    {
        _kind = kind;
        _isIPv6 = isIPv6;
        _networkNamespace = networkNamespace;
        _lines = new ProcLines(text);
        _ = _lines.MoveNext();
    }

    /// <summary>The socket in hand.</summary>
    internal readonly SocketSample Sample => _sample;

    /// <summary>Its figures.</summary>
    internal readonly TcpSample Tcp => _tcp;

    /// <summary>Whether there are any.</summary>
    internal bool HasTcp { get; private set; }

    /// <summary>How many lines were none.</summary>
    internal int Unreadable { get; private set; }

    internal bool MoveNext()
    {
        while (_lines.MoveNext())
        {
            if (TryRead(_lines.Current))
            {
                return true;
            }

            Unreadable++;
        }

        return false;
    }

    private static bool TryEndpoint(ref ReadOnlySpan<byte> line, bool isIPv6, out FlowEndpoint endpoint)
    {
        endpoint = default;
        int digits = isIPv6 ? 32 : 8;
        if (!ProcLines.TryField(ref line, out ReadOnlySpan<byte> field)
            || field.Length != digits + 5
            || field[digits] != ':'
            || !ushort.TryParse(field[(digits + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort port))
        {
            return false;
        }

        // Words of 32 bits as the processor has them, of bytes as the wire has them.
        Span<byte> address = stackalloc byte[16];
        for (int at = 0; at < digits / 8; at++)
        {
            if (!uint.TryParse(field.Slice(at * 8, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint word))
            {
                return false;
            }

            BitConverter.TryWriteBytes(address[(at * 4)..], word);
        }

        endpoint = new FlowEndpoint(isIPv6 ? InternetAddress.ReadIPv6(address) : InternetAddress.ReadIPv4(address), port);
        return true;
    }

    // "00000000:00000001": two numbers of the same base.
    private static bool TryPair(ref ReadOnlySpan<byte> line, out uint first, out uint second)
    {
        first = 0;
        second = 0;
        return ProcLines.TryField(ref line, out ReadOnlySpan<byte> field)
            && field.IndexOf((byte)':') is > 0 and var colon
            && uint.TryParse(field[..colon], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out first)
            && uint.TryParse(field[(colon + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out second);
    }

    private bool TryRead(ReadOnlySpan<byte> line)
    {
        _sample = default;
        _tcp = default;
        HasTcp = false;
        if (!ProcLines.TryField(ref line, out ReadOnlySpan<byte> number)
            || number[^1] != ':'
            || !TryEndpoint(ref line, _isIPv6, out FlowEndpoint local)
            || !TryEndpoint(ref line, _isIPv6, out FlowEndpoint remote)
            || !ProcLines.TryHexadecimal(ref line, out uint state)
            || state > byte.MaxValue
            || !TryPair(ref line, out uint sendQueue, out uint receiveQueue)
            || !TryPair(ref line, out uint timer, out uint when)
            || !ProcLines.TryHexadecimal(ref line, out uint retransmits)
            || !ProcLines.TryDecimal(ref line, out ulong user)
            || !ProcLines.TryField(ref line, out _) // probes that were not answered
            || !ProcLines.TryDecimal(ref line, out ulong inode))
        {
            return false;
        }

        _sample.Kind = _kind;
        _sample.IsIPv6 = _isIPv6;
        _sample.Protocol = _kind switch
        {
            SocketKind.Tcp => IPProtocol.Tcp,
            SocketKind.Udp => IPProtocol.Udp,
            SocketKind.UdpLite => IPProtocol.UdpLite,
            SocketKind.Ping => _isIPv6 ? IPProtocol.IcmpV6 : IPProtocol.Icmp,
            _ => (IPProtocol)local.Port, // raw sockets show their protocol where others have a port
        };
        bool hasPorts = _kind != SocketKind.Raw;
        _sample.Local = hasPorts ? local : new FlowEndpoint(local.Address, 0);
        _sample.Remote = hasPorts ? remote : new FlowEndpoint(remote.Address, 0);
        _sample.State = LinuxSocketStates.Of((byte)state, _kind, _sample.Local.Port != 0, _sample.Remote.Port != 0 || !_sample.Remote.Address.IsAny);
        _sample.ReceiveQueue = receiveQueue;
        _sample.SendQueue = sendQueue;
        _sample.Facts = SocketFacts.ReceiveQueue | (_sample.State == SocketState.Listen ? SocketFacts.None : SocketFacts.SendQueue);
        if (inode != 0)
        {
            _sample.Inode = inode;
            _sample.User = (uint)user;
            _sample.Facts |= SocketFacts.Inode | SocketFacts.User;
        }

        if (_networkNamespace != 0)
        {
            _sample.Namespace = _networkNamespace;
            _sample.Facts |= SocketFacts.Namespace;
        }

        ReadRest(line, timer, when, retransmits);
        return true;
    }

    private void ReadRest(ReadOnlySpan<byte> line, uint timer, uint when, uint retransmits)
    {
        bool hasMore = ProcLines.TryField(ref line, out _) && ProcLines.TryField(ref line, out _); // references, a pointer
        if (_kind == SocketKind.Tcp)
        {
            _sample.Timer = new SocketTimer(LinuxSocketStates.TimerOf((byte)timer), TimeSpan.FromMilliseconds(when * (1000L / ClockTicksPerSecond)), (int)Math.Min(retransmits, int.MaxValue));
            _sample.Facts |= SocketFacts.Timer;

            // Timeout, delay of acknowledgements, quick mode, window, threshold; not there in TIME_WAIT.
            if (hasMore
                && _sample.State is not (SocketState.Listen or SocketState.TimeWait)
                && ProcLines.TryField(ref line, out _)
                && ProcLines.TryField(ref line, out _)
                && ProcLines.TryField(ref line, out _)
                && ProcLines.TryDecimal(ref line, out ulong window)
                && ProcLines.TryField(ref line, out ReadOnlySpan<byte> threshold))
            {
                HasTcp = true;
                _tcp.CongestionWindow = (uint)Math.Min(window, uint.MaxValue);
                _tcp.SlowStartThreshold = uint.TryParse(threshold, NumberStyles.None, CultureInfo.InvariantCulture, out uint segments) ? segments : uint.MaxValue; // -1: not set
                _tcp.RetransmitsInARow = retransmits;
                _tcp.Facts = TcpFacts.CongestionWindow | TcpFacts.SlowStartThreshold | TcpFacts.RetransmitsInARow;
            }
        }
        else if (hasMore && ProcLines.TryDecimal(ref line, out ulong drops))
        {
            _sample.Drops = drops;
            _sample.Facts |= SocketFacts.Drops;
        }
    }
}
