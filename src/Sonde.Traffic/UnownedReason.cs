namespace Sonde.Traffic;

/// <summary>Why traffic has no process.</summary>
public enum UnownedReason
{
    /// <summary>It has one.</summary>
    None = 0,

    /// <summary>It is being looked for.</summary>
    Pending,

    /// <summary>The kernel itself is the sender or receiver: its own sockets, answers to unwanted packets, network file systems, tunnels.</summary>
    Kernel,

    /// <summary>ICMP that the kernel answers or that belongs to no socket.</summary>
    Icmp,

    /// <summary>The socket is gone and nobody saw who used it.</summary>
    Closed,

    /// <summary>The process belongs to somebody else, and its open sockets may not be seen.</summary>
    Denied,

    /// <summary>The socket is in another network namespace that this process may not look into.</summary>
    OtherNamespace,

    /// <summary>To a multicast or broadcast address, and nobody here listens.</summary>
    Multicast,

    /// <summary>Passing through this host from one network to another.</summary>
    Forwarded,

    /// <summary>Frames of other hosts.</summary>
    Foreign,

    /// <summary>The table of flows was full.</summary>
    Overflow,
}
