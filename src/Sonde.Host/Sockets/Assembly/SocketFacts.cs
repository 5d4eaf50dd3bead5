namespace Sonde.Host.Sockets.Assembly;

/// <summary>What is known of one socket: a bit for each value that the system gave.</summary>
[Flags]
internal enum SocketFacts
{
    None = 0,
    Cookie = 1 << 0,
    Inode = 1 << 1,
    User = 1 << 2,
    Namespace = 1 << 3,
    Interface = 1 << 4,
    ReceiveQueue = 1 << 5,
    SendQueue = 1 << 6,
    Timer = 1 << 7,
    ReceiveMemory = 1 << 8,
    SendMemory = 1 << 9,
    ForwardMemory = 1 << 10,
    QueuedMemory = 1 << 11,
    OptionMemory = 1 << 12,
    BacklogMemory = 1 << 13,
    ReceiveBuffer = 1 << 14,
    SendBuffer = 1 << 15,
    Drops = 1 << 16,
    IPv6Only = 1 << 17,
    Mark = 1 << 18,
    Cgroup = 1 << 19,
    TypeOfService = 1 << 20,
    TrafficClass = 1 << 21,
    Shutdown = 1 << 22,
    Started = 1 << 23,
    Congestion = 1 << 24,

    /// <summary>Bytes and packets, both ways.</summary>
    Traffic = 1 << 25,
}
