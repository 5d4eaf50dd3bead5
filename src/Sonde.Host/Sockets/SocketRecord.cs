using Sonde.Host.Processes;
using Sonde.Host.Sockets.Assembly;
using Sonde.Packets;

namespace Sonde.Host.Sockets;

/// <summary>One socket at the moment of a snapshot.</summary>
/// <remarks>On loan from its snapshot: once that is disposed, the same object holds another socket.</remarks>
public sealed class SocketRecord
{
    private SocketSample _sample;
    private SocketReasons _reasons;
    private TcpStatistics? _tcp;
    private bool _hasTcp;

    internal SocketRecord(SocketReasons reasons) => _reasons = reasons;

    /// <summary>TCP, UDP, raw …</summary>
    public SocketKind Kind => _sample.Kind;

    /// <summary>The protocol in the IP header; what a raw socket was made for.</summary>
    public IPProtocol Protocol => _sample.Protocol;

    /// <summary>Whether it is an IPv6 socket, which may serve IPv4 as well: its addresses are IPv4 then.</summary>
    public bool IsIPv6 => _sample.IsIPv6;

    /// <summary>Where it stands.</summary>
    public SocketState State => _sample.State;

    /// <summary>Who began; told by whether somebody listens on the local port.</summary>
    public SocketDirection Direction { get; internal set; }

    /// <summary>This host's end. A port of 0 is none.</summary>
    public FlowEndpoint Local => _sample.Local;

    /// <summary>The other end; any address and port 0 when there is none.</summary>
    public FlowEndpoint Remote => _sample.Remote;

    /// <summary>Whether it has a peer.</summary>
    public bool HasPeer => _sample.Remote.Port != 0 || !_sample.Remote.Address.IsAny;

    /// <summary>Protocol and both ends, as packets of it would have them.</summary>
    public FlowKey Flow => new(_sample.Protocol, _sample.Local, _sample.Remote);

    /// <summary>Linux: the number by which the kernel and its BPF programs know the socket, never used twice.</summary>
    public Reading<ulong> Cookie => Get(SocketFacts.Cookie, _sample.Cookie);

    /// <summary>Linux: the inode that descriptors of it show; none when no process can have it, as in TIME_WAIT.</summary>
    public Reading<ulong> Inode => Get(SocketFacts.Inode, _sample.Inode);

    /// <summary>Linux and macOS: the id of the user who made it.</summary>
    public Reading<uint> UserId => Get(SocketFacts.User, _sample.User);

    /// <summary>That user by name.</summary>
    public Reading<ProcessUser> User { get; private set; }

    /// <summary>Linux: the inode of the network namespace it lives in.</summary>
    public Reading<ulong> NetworkNamespace => Get(SocketFacts.Namespace, _sample.Namespace);

    /// <summary>The index of the interface it is bound to; none when it uses any.</summary>
    public Reading<int> InterfaceIndex => Get(SocketFacts.Interface, _sample.Interface);

    /// <summary>The processes that have it.</summary>
    public Reading<IReadOnlyList<SocketOwner>> Owners { get; private set; }

    /// <summary>How the owners are known.</summary>
    public OwnerEvidence Evidence { get; private set; }

    /// <summary>When the connection began or the socket was made, where the system keeps that.</summary>
    public Reading<DateTimeOffset> Started => Get(SocketFacts.Started, new DateTimeOffset(_sample.Started, TimeSpan.Zero));

    /// <summary>When this table saw it first: it is at least that old.</summary>
    public DateTimeOffset FirstSeen { get; private set; }

    /// <summary>Bytes received and not read by the program; for a listener, connections that wait to be accepted.</summary>
    public Reading<uint> ReceiveQueue => Get(SocketFacts.ReceiveQueue, _sample.ReceiveQueue);

    /// <summary>Bytes sent and not acknowledged, or not sent yet; for a listener, how many connections may wait.</summary>
    public Reading<uint> SendQueue => Get(SocketFacts.SendQueue, _sample.SendQueue);

    /// <summary>TCP: the timer that runs.</summary>
    public Reading<SocketTimer> Timer => Get(SocketFacts.Timer, _sample.Timer);

    /// <summary>Memory that received packets take, in bytes.</summary>
    public Reading<uint> ReceiveMemoryBytes => Get(SocketFacts.ReceiveMemory, _sample.ReceiveMemory);

    /// <summary>Memory of packets on their way out, in bytes.</summary>
    public Reading<uint> SendMemoryBytes => Get(SocketFacts.SendMemory, _sample.SendMemory);

    /// <summary>Memory that is reserved for it and not used, in bytes.</summary>
    public Reading<uint> ForwardMemoryBytes => Get(SocketFacts.ForwardMemory, _sample.ForwardMemory);

    /// <summary>Memory of the send queue, in bytes.</summary>
    public Reading<uint> QueuedMemoryBytes => Get(SocketFacts.QueuedMemory, _sample.QueuedMemory);

    /// <summary>Memory of its options, in bytes.</summary>
    public Reading<uint> OptionMemoryBytes => Get(SocketFacts.OptionMemory, _sample.OptionMemory);

    /// <summary>Memory of packets that came while the program was inside the socket, in bytes.</summary>
    public Reading<uint> BacklogMemoryBytes => Get(SocketFacts.BacklogMemory, _sample.BacklogMemory);

    /// <summary>The size of its receive buffer, in bytes.</summary>
    public Reading<uint> ReceiveBufferBytes => Get(SocketFacts.ReceiveBuffer, _sample.ReceiveBuffer);

    /// <summary>The size of its send buffer, in bytes.</summary>
    public Reading<uint> SendBufferBytes => Get(SocketFacts.SendBuffer, _sample.SendBuffer);

    /// <summary>Packets that were dropped because its buffer was full or they were wrong.</summary>
    public Reading<ulong> Drops => Get(SocketFacts.Drops, _sample.Drops);

    /// <summary>Whether an IPv6 socket refuses IPv4.</summary>
    public Reading<bool> IsIPv6Only => Get(SocketFacts.IPv6Only, _sample.IsIPv6Only);

    /// <summary>Linux: its firewall mark.</summary>
    public Reading<uint> Mark => Get(SocketFacts.Mark, _sample.Mark);

    /// <summary>Linux: the id of its control group, which is the inode of the group's folder.</summary>
    public Reading<ulong> CgroupId => Get(SocketFacts.Cgroup, _sample.Cgroup);

    /// <summary>The service byte of the IPv4 packets that it sends.</summary>
    public Reading<byte> TypeOfService => Get(SocketFacts.TypeOfService, _sample.TypeOfService);

    /// <summary>The traffic class of the IPv6 packets that it sends.</summary>
    public Reading<byte> TrafficClass => Get(SocketFacts.TrafficClass, _sample.TrafficClass);

    /// <summary>Which halves are shut down: 1 receiving, 2 sending.</summary>
    public Reading<int> Shutdown => Get(SocketFacts.Shutdown, (int)_sample.Shutdown);

    /// <summary>Bytes of data sent by the socket, of any kind, where the system counts them; those of TCP alone on Linux, those sent again included.</summary>
    public Reading<ulong> SentBytes => _sample.Has(SocketFacts.Traffic) ? _sample.SentBytes : _hasTcp ? _tcp!.BytesSent : Get(SocketFacts.Traffic, 0UL); // made with the flag

    /// <summary>Bytes of data received by the socket, of any kind, where the system counts them; those of TCP alone on Linux.</summary>
    public Reading<ulong> ReceivedBytes => _sample.Has(SocketFacts.Traffic) ? _sample.ReceivedBytes : _hasTcp ? _tcp!.BytesReceived : Get(SocketFacts.Traffic, 0UL); // made with the flag

    /// <summary>Packets sent by the socket, where the system counts them; TCP's segments on Linux.</summary>
    public Reading<ulong> SentPackets => _sample.Has(SocketFacts.Traffic) ? _sample.SentPackets : _hasTcp ? _tcp!.SegmentsSent : Get(SocketFacts.Traffic, 0UL); // made with the flag

    /// <summary>Packets received by the socket, where the system counts them; TCP's segments on Linux.</summary>
    public Reading<ulong> ReceivedPackets => _sample.Has(SocketFacts.Traffic) ? _sample.ReceivedPackets : _hasTcp ? _tcp!.SegmentsReceived : Get(SocketFacts.Traffic, 0UL); // made with the flag

    /// <summary>TCP's own figures; not there for other kinds and where nothing flows yet.</summary>
    public Reading<TcpStatistics> Tcp
    {
        get
        {
            if (_hasTcp)
            {
                return _tcp!; // made with the flag
            }

            (ReadingStatus status, string reason) = _reasons.OfTcp(_sample);
            return new Reading<TcpStatistics>(status, default, reason);
        }
    }

    internal ref readonly SocketSample Sample => ref _sample;

    /// <summary>One line: kind, state and both ends.</summary>
    public override string ToString() => $"{Kind} {State} {Local} - {Remote}";

    /// <summary>Takes over what a parser found; owners come later.</summary>
    internal void Fill(in SocketSample sample, in TcpSample tcp, bool hasTcp, SocketReasons reasons)
    {
        _sample = sample;
        _reasons = reasons;
        _hasTcp = hasTcp;
        if (hasTcp)
        {
            (_tcp ??= new TcpStatistics(reasons)).Fill(tcp, sample.Congestion is { } name ? name : Get<string>(SocketFacts.Congestion, string.Empty), reasons);
        }

        Direction = SocketDirection.Unknown;
        Evidence = OwnerEvidence.None;
        Owners = default;
        User = default;
    }

    internal void SetOwners(Reading<IReadOnlyList<SocketOwner>> owners, OwnerEvidence evidence)
    {
        Owners = owners;
        Evidence = owners.HasValue ? evidence : OwnerEvidence.None;
    }

    internal void SetContext(Reading<ProcessUser> user, DateTimeOffset firstSeen)
    {
        User = user;
        FirstSeen = firstSeen;
    }

    private Reading<T> Get<T>(SocketFacts fact, T value)
    {
        if (_sample.Has(fact))
        {
            return value;
        }

        (ReadingStatus status, string reason) = _reasons.Of(fact, _sample);
        return new Reading<T>(status, default, reason);
    }
}
