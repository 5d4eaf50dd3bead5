namespace Sonde.Interop.Linux.Bpf;

/// <summary>Kinds of map that this room makes.</summary>
internal enum BpfMapType : uint
{
    /// <summary>Keys to values; an insert into a full one fails.</summary>
    Hash = BpfAbi.BPF_MAP_TYPE_HASH,

    /// <summary>Values by number, all there from the start, zero.</summary>
    Array = BpfAbi.BPF_MAP_TYPE_ARRAY,

    /// <summary>Keys to one value for each processor.</summary>
    PerCpuHash = BpfAbi.BPF_MAP_TYPE_PERCPU_HASH,

    /// <summary>Values by number, one for each processor.</summary>
    PerCpuArray = BpfAbi.BPF_MAP_TYPE_PERCPU_ARRAY,

    /// <summary>Keys to values; a full one gives up what was used longest ago, without saying so.</summary>
    LruHash = BpfAbi.BPF_MAP_TYPE_LRU_HASH,

    /// <summary>As <see cref="LruHash"/>, one value for each processor.</summary>
    LruPerCpuHash = BpfAbi.BPF_MAP_TYPE_LRU_PERCPU_HASH,

    /// <summary>Maps by number: programs find the inner one at each run, so that it can be exchanged under them.</summary>
    ArrayOfMaps = BpfAbi.BPF_MAP_TYPE_ARRAY_OF_MAPS,

    /// <summary>XDP sockets by the number of their queue (CAP_NET_ADMIN).</summary>
    XdpSockets = BpfAbi.BPF_MAP_TYPE_XSKMAP,

    /// <summary>A queue of records of any length, mapped into the reader (kernel 5.8).</summary>
    RingBuffer = BpfAbi.BPF_MAP_TYPE_RINGBUF,
}

/// <summary>What an update does about a key that is there, or is not.</summary>
internal enum BpfUpdateMode : ulong
{
    /// <summary>Inserts or overwrites.</summary>
    Any = BpfAbi.BPF_ANY,

    /// <summary>Inserts only.</summary>
    Insert = BpfAbi.BPF_NOEXIST,

    /// <summary>Overwrites only.</summary>
    Overwrite = BpfAbi.BPF_EXIST,
}
