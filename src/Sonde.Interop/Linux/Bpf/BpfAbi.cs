namespace Sonde.Interop.Linux.Bpf;

// linux/bpf.h, linux/bpf_common.h, linux/btf.h, linux/perf_event.h: the numbers that this room uses.
internal static class BpfAbi
{
    internal const int BPF_MAP_CREATE = 0;
    internal const int BPF_MAP_LOOKUP_ELEM = 1;
    internal const int BPF_MAP_UPDATE_ELEM = 2;
    internal const int BPF_MAP_DELETE_ELEM = 3;
    internal const int BPF_MAP_GET_NEXT_KEY = 4;
    internal const int BPF_PROG_LOAD = 5;
    internal const int BPF_PROG_ATTACH = 8;
    internal const int BPF_PROG_DETACH = 9;
    internal const int BPF_PROG_TEST_RUN = 10;
    internal const int BPF_PROG_GET_NEXT_ID = 11;
    internal const int BPF_MAP_GET_NEXT_ID = 12;
    internal const int BPF_PROG_GET_FD_BY_ID = 13;
    internal const int BPF_MAP_GET_FD_BY_ID = 14;
    internal const int BPF_OBJ_GET_INFO_BY_FD = 15;
    internal const int BPF_PROG_QUERY = 16;
    internal const int BPF_RAW_TRACEPOINT_OPEN = 17;
    internal const int BPF_MAP_LOOKUP_AND_DELETE_ELEM = 21;
    internal const int BPF_MAP_LOOKUP_BATCH = 24;
    internal const int BPF_MAP_LOOKUP_AND_DELETE_BATCH = 25;
    internal const int BPF_MAP_UPDATE_BATCH = 26;
    internal const int BPF_LINK_CREATE = 28;
    internal const int BPF_LINK_GET_FD_BY_ID = 30;
    internal const int BPF_LINK_GET_NEXT_ID = 31;
    internal const int BPF_ITER_CREATE = 33;

    internal const int BPF_OBJ_NAME_LEN = 16;
    internal const int BPF_TAG_SIZE = 8;

    internal const uint BPF_MAP_TYPE_HASH = 1;
    internal const uint BPF_MAP_TYPE_ARRAY = 2;
    internal const uint BPF_MAP_TYPE_PERCPU_HASH = 5;
    internal const uint BPF_MAP_TYPE_PERCPU_ARRAY = 6;
    internal const uint BPF_MAP_TYPE_LRU_HASH = 9;
    internal const uint BPF_MAP_TYPE_LRU_PERCPU_HASH = 10;
    internal const uint BPF_MAP_TYPE_ARRAY_OF_MAPS = 12;
    internal const uint BPF_MAP_TYPE_XSKMAP = 17;
    internal const uint BPF_MAP_TYPE_RINGBUF = 27;

    internal const ulong BPF_ANY = 0;
    internal const ulong BPF_NOEXIST = 1;
    internal const ulong BPF_EXIST = 2;

    internal const uint BPF_PROG_TYPE_TRACEPOINT = 5;
    internal const uint BPF_PROG_TYPE_CGROUP_SKB = 8;
    internal const uint BPF_PROG_TYPE_CGROUP_SOCK = 9;
    internal const uint BPF_PROG_TYPE_SOCK_OPS = 13;
    internal const uint BPF_PROG_TYPE_RAW_TRACEPOINT = 17;
    internal const uint BPF_PROG_TYPE_CGROUP_SOCK_ADDR = 18;
    internal const uint BPF_PROG_TYPE_XDP = 6;
    internal const uint BPF_PROG_TYPE_TRACING = 26;

    internal const uint BPF_CGROUP_INET_INGRESS = 0;
    internal const uint BPF_CGROUP_INET_EGRESS = 1;
    internal const uint BPF_CGROUP_INET_SOCK_CREATE = 2;
    internal const uint BPF_CGROUP_SOCK_OPS = 3;
    internal const uint BPF_CGROUP_INET4_CONNECT = 10;
    internal const uint BPF_CGROUP_INET6_CONNECT = 11;
    internal const uint BPF_CGROUP_INET4_POST_BIND = 12;
    internal const uint BPF_CGROUP_INET6_POST_BIND = 13;
    internal const uint BPF_CGROUP_UDP4_SENDMSG = 14;
    internal const uint BPF_CGROUP_UDP6_SENDMSG = 15;
    internal const uint BPF_CGROUP_UDP4_RECVMSG = 19;
    internal const uint BPF_CGROUP_UDP6_RECVMSG = 20;
    internal const uint BPF_TRACE_RAW_TP = 23;
    internal const uint BPF_TRACE_ITER = 28;
    internal const uint BPF_XDP = 37;
    internal const uint BPF_CGROUP_INET_SOCK_RELEASE = 34;

    internal const uint BPF_F_ALLOW_MULTI = 2;
    internal const uint BPF_F_SLEEPABLE = 16;
    internal const uint BPF_F_NO_PREALLOC = 1;

    internal const byte BPF_PSEUDO_MAP_FD = 1;
    internal const byte BPF_PSEUDO_MAP_VALUE = 2;

    internal const uint BPF_RINGBUF_BUSY_BIT = 0x80000000;
    internal const uint BPF_RINGBUF_DISCARD_BIT = 0x40000000;
    internal const int BPF_RINGBUF_HDR_SZ = 8;

    // Instruction classes, sizes, modes and operations.
    internal const byte BPF_LD = 0x00;
    internal const byte BPF_LDX = 0x01;
    internal const byte BPF_ST = 0x02;
    internal const byte BPF_STX = 0x03;
    internal const byte BPF_ALU = 0x04;
    internal const byte BPF_JMP = 0x05;
    internal const byte BPF_JMP32 = 0x06;
    internal const byte BPF_ALU64 = 0x07;
    internal const byte BPF_IMM = 0x00;
    internal const byte BPF_MEM = 0x60;
    internal const byte BPF_ATOMIC = 0xC0;
    internal const int BPF_XCHG = 0xE1;
    internal const byte BPF_W = 0x00;
    internal const byte BPF_H = 0x08;
    internal const byte BPF_B = 0x10;
    internal const byte BPF_DW = 0x18;
    internal const byte BPF_K = 0x00;
    internal const byte BPF_X = 0x08;
    internal const byte BPF_ADD = 0x00;
    internal const byte BPF_SUB = 0x10;
    internal const byte BPF_MUL = 0x20;
    internal const byte BPF_DIV = 0x30;
    internal const byte BPF_OR = 0x40;
    internal const byte BPF_AND = 0x50;
    internal const byte BPF_LSH = 0x60;
    internal const byte BPF_RSH = 0x70;
    internal const byte BPF_NEG = 0x80;
    internal const byte BPF_MOD = 0x90;
    internal const byte BPF_XOR = 0xA0;
    internal const byte BPF_MOV = 0xB0;
    internal const byte BPF_ARSH = 0xC0;
    internal const byte BPF_END = 0xD0;
    internal const byte BPF_TO_BE = 0x08;
    internal const byte BPF_TO_LE = 0x00;
    internal const byte BPF_JA = 0x00;
    internal const byte BPF_JEQ = 0x10;
    internal const byte BPF_JGT = 0x20;
    internal const byte BPF_JGE = 0x30;
    internal const byte BPF_JSET = 0x40;
    internal const byte BPF_JNE = 0x50;
    internal const byte BPF_JSGT = 0x60;
    internal const byte BPF_JSGE = 0x70;
    internal const byte BPF_CALL = 0x80;
    internal const byte BPF_EXIT = 0x90;
    internal const byte BPF_JLT = 0xA0;
    internal const byte BPF_JLE = 0xB0;
    internal const byte BPF_JSLT = 0xC0;
    internal const byte BPF_JSLE = 0xD0;
    internal const int BPF_FETCH = 0x01;

    // enum bpf_func_id.
    internal const int BPF_FUNC_map_lookup_elem = 1;
    internal const int BPF_FUNC_map_update_elem = 2;
    internal const int BPF_FUNC_map_delete_elem = 3;
    internal const int BPF_FUNC_ktime_get_ns = 5;
    internal const int BPF_FUNC_get_smp_processor_id = 8;
    internal const int BPF_FUNC_get_current_pid_tgid = 14;
    internal const int BPF_FUNC_get_current_uid_gid = 15;
    internal const int BPF_FUNC_get_current_comm = 16;
    internal const int BPF_FUNC_skb_load_bytes = 26;
    internal const int BPF_FUNC_redirect_map = 51;
    internal const int BPF_FUNC_get_current_task = 35;
    internal const int BPF_FUNC_get_socket_cookie = 46;
    internal const int BPF_FUNC_get_socket_uid = 47;
    internal const int BPF_FUNC_get_current_cgroup_id = 80;
    internal const int BPF_FUNC_probe_read_user = 112;
    internal const int BPF_FUNC_probe_read_kernel = 113;
    internal const int BPF_FUNC_probe_read_user_str = 114;
    internal const int BPF_FUNC_probe_read_kernel_str = 115;
    internal const int BPF_FUNC_get_netns_cookie = 122;
    internal const int BPF_FUNC_ktime_get_boot_ns = 125;
    internal const int BPF_FUNC_seq_write = 127;
    internal const int BPF_FUNC_sk_cgroup_id = 128;
    internal const int BPF_FUNC_ringbuf_output = 130;
    internal const int BPF_FUNC_ringbuf_reserve = 131;
    internal const int BPF_FUNC_ringbuf_submit = 132;
    internal const int BPF_FUNC_ringbuf_discard = 133;
    internal const int BPF_FUNC_copy_from_user = 148;
    internal const int BPF_FUNC_get_current_task_btf = 158;
    internal const int BPF_FUNC_copy_from_user_task = 191;

    // linux/btf.h
    internal const ushort BTF_MAGIC = 0xEB9F;
    internal const int BTF_KIND_INT = 1;
    internal const int BTF_KIND_PTR = 2;
    internal const int BTF_KIND_ARRAY = 3;
    internal const int BTF_KIND_STRUCT = 4;
    internal const int BTF_KIND_UNION = 5;
    internal const int BTF_KIND_ENUM = 6;
    internal const int BTF_KIND_FWD = 7;
    internal const int BTF_KIND_TYPEDEF = 8;
    internal const int BTF_KIND_VOLATILE = 9;
    internal const int BTF_KIND_CONST = 10;
    internal const int BTF_KIND_RESTRICT = 11;
    internal const int BTF_KIND_FUNC = 12;
    internal const int BTF_KIND_FUNC_PROTO = 13;
    internal const int BTF_KIND_VAR = 14;
    internal const int BTF_KIND_DATASEC = 15;
    internal const int BTF_KIND_FLOAT = 16;
    internal const int BTF_KIND_DECL_TAG = 17;
    internal const int BTF_KIND_TYPE_TAG = 18;
    internal const int BTF_KIND_ENUM64 = 19;
    internal const int BTF_INT_SIGNED = 1;

    // linux/perf_event.h: _IO('$', 0) and _IOW('$', 8, __u32).
    internal const uint PERF_TYPE_TRACEPOINT = 2;
    internal const uint PERF_ATTR_SIZE_VER0 = 64;
    internal const uint PERF_FLAG_FD_CLOEXEC = 8;
    internal const uint PERF_EVENT_IOC_ENABLE = 0x2400;
    internal const uint PERF_EVENT_IOC_SET_BPF = 0x40042408;
    internal const ulong PERF_SAMPLE_RAW = 1 << 10;

    // asm-generic/errno.h, and one number of the kernel's own that reaches user space all the same (linux/errno.h).
    internal const int E2BIG = 7;
    internal const int EEXIST = 17;
    internal const int ENOSPC = 28;
    internal const int ENOTSUPP = 524;
}
