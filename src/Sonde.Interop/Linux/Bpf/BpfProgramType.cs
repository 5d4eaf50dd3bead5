namespace Sonde.Interop.Linux.Bpf;

/// <summary>Where in the kernel a program runs, which decides what it may read.</summary>
internal enum BpfProgramType : uint
{
    /// <summary>A tracepoint by its number in tracefs.</summary>
    Tracepoint = BpfAbi.BPF_PROG_TYPE_TRACEPOINT,

    /// <summary>Packets of an interface before the network stack sees them.</summary>
    Xdp = BpfAbi.BPF_PROG_TYPE_XDP,

    /// <summary>Packets of the sockets of a cgroup.</summary>
    CgroupSkb = BpfAbi.BPF_PROG_TYPE_CGROUP_SKB,

    /// <summary>Sockets of a cgroup being made, bound and released.</summary>
    CgroupSock = BpfAbi.BPF_PROG_TYPE_CGROUP_SOCK,

    /// <summary>TCP events of the sockets of a cgroup.</summary>
    SockOps = BpfAbi.BPF_PROG_TYPE_SOCK_OPS,

    /// <summary>A tracepoint by its name, with raw arguments.</summary>
    RawTracepoint = BpfAbi.BPF_PROG_TYPE_RAW_TRACEPOINT,

    /// <summary>Addresses that sockets of a cgroup connect or send to.</summary>
    CgroupSockAddress = BpfAbi.BPF_PROG_TYPE_CGROUP_SOCK_ADDR,

    /// <summary>Iterators, and tracepoints with typed arguments (tp_btf).</summary>
    Tracing = BpfAbi.BPF_PROG_TYPE_TRACING,
}

/// <summary>What a program is attached to.</summary>
internal enum BpfAttachType : uint
{
    /// <summary>Packets that arrive; also what a program without an attach type of its own is loaded with.</summary>
    CgroupIngress = BpfAbi.BPF_CGROUP_INET_INGRESS,
    CgroupEgress = BpfAbi.BPF_CGROUP_INET_EGRESS,
    CgroupSockCreate = BpfAbi.BPF_CGROUP_INET_SOCK_CREATE,
    CgroupSockOps = BpfAbi.BPF_CGROUP_SOCK_OPS,
    CgroupConnect4 = BpfAbi.BPF_CGROUP_INET4_CONNECT,
    CgroupConnect6 = BpfAbi.BPF_CGROUP_INET6_CONNECT,
    CgroupPostBind4 = BpfAbi.BPF_CGROUP_INET4_POST_BIND,
    CgroupPostBind6 = BpfAbi.BPF_CGROUP_INET6_POST_BIND,
    CgroupSendMessage4 = BpfAbi.BPF_CGROUP_UDP4_SENDMSG,
    CgroupSendMessage6 = BpfAbi.BPF_CGROUP_UDP6_SENDMSG,
    CgroupReceiveMessage4 = BpfAbi.BPF_CGROUP_UDP4_RECVMSG,
    CgroupReceiveMessage6 = BpfAbi.BPF_CGROUP_UDP6_RECVMSG,
    CgroupSockRelease = BpfAbi.BPF_CGROUP_INET_SOCK_RELEASE,

    /// <summary>A tracepoint with typed arguments, named by the id of its BTF typedef.</summary>
    TracepointBtf = BpfAbi.BPF_TRACE_RAW_TP,

    /// <summary>The entrance of an interface.</summary>
    Xdp = BpfAbi.BPF_XDP,

    /// <summary>An iterator, named by the id of its BTF function.</summary>
    Iterator = BpfAbi.BPF_TRACE_ITER,
}
