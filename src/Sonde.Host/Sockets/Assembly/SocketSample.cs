using Sonde.Packets;

namespace Sonde.Host.Sockets.Assembly;

/// <summary>One socket as a backend's parser found it; the bits of <see cref="Facts"/> say which values are there.</summary>
internal struct SocketSample
{
    internal SocketFacts Facts;
    internal SocketKind Kind;
    internal IPProtocol Protocol;
    internal bool IsIPv6;
    internal SocketState State;
    internal FlowEndpoint Local;
    internal FlowEndpoint Remote;
    internal ulong Cookie;
    internal ulong Inode;
    internal uint User;
    internal ulong Namespace;
    internal int Interface;
    internal uint ReceiveQueue;
    internal uint SendQueue;
    internal SocketTimer Timer;
    internal uint ReceiveMemory;
    internal uint SendMemory;
    internal uint ForwardMemory;
    internal uint QueuedMemory;
    internal uint OptionMemory;
    internal uint BacklogMemory;
    internal uint ReceiveBuffer;
    internal uint SendBuffer;
    internal ulong Drops;
    internal bool IsIPv6Only;
    internal uint Mark;
    internal ulong Cgroup;
    internal byte TypeOfService;
    internal byte TrafficClass;
    internal byte Shutdown;
    internal long Started;
    internal ulong SentBytes;
    internal ulong ReceivedBytes;
    internal ulong SentPackets;
    internal ulong ReceivedPackets;

    /// <summary>The name of the congestion algorithm, shared by all that use it.</summary>
    internal string? Congestion;

    internal readonly bool Has(SocketFacts fact) => (Facts & fact) != SocketFacts.None;
}
