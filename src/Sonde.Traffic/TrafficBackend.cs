namespace Sonde.Traffic;

/// <summary>A way to count traffic: a rung of the ladder, best first.</summary>
public enum TrafficBackend
{
    /// <summary>The best that works here.</summary>
    Automatic = 0,

    /// <summary>Linux: programs in the kernel count the bytes of every socket and note who uses it.</summary>
    Bpf,

    /// <summary>Windows: the kernel's own trace of the network (ETW) tells what each process's sockets send and receive.</summary>
    EventTrace,

    /// <summary>Packets are captured on the interfaces and matched with the table of sockets.</summary>
    Packets,

    /// <summary>The system's own counters of its TCP connections, with round-trip times and retransmits; no other protocols.</summary>
    Sockets,

    /// <summary>The table of sockets: who talks to whom, without amounts.</summary>
    Tables,
}
