using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.Linux.Bpf;

// The arms of union bpf_attr (linux/bpf.h), one struct for each command that this room gives. The kernel takes an attribute shorter than
// its own union and reads what is missing as zero, so each arm ends where this room's knowledge of it ends.

/// <summary>char[BPF_OBJ_NAME_LEN]: at most 15 bytes of name, then zeros.</summary>
[InlineArray(BpfAbi.BPF_OBJ_NAME_LEN)]
internal struct bpf_obj_name
{
    private byte _first;
}

/// <summary>BPF_MAP_CREATE.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_map_create
{
    internal uint map_type;
    internal uint key_size;
    internal uint value_size;
    internal uint max_entries;
    internal uint map_flags;
    internal uint inner_map_fd;
    internal uint numa_node;
    internal bpf_obj_name map_name;
}

/// <summary>BPF_MAP_*_ELEM and BPF_MAP_GET_NEXT_KEY.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_attr_elem
{
    internal uint map_fd;
    internal byte* key;
    internal byte* value;
    internal ulong flags;
}

/// <summary>BPF_MAP_*_BATCH.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_attr_batch
{
    internal byte* in_batch;
    internal byte* out_batch;
    internal byte* keys;
    internal byte* values;
    internal uint count;
    internal uint map_fd;
    internal ulong elem_flags;
    internal ulong flags;
}

/// <summary>BPF_PROG_LOAD.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_attr_prog_load
{
    internal uint prog_type;
    internal uint insn_cnt;
    internal BpfInstruction* insns;
    internal byte* license;
    internal uint log_level;
    internal uint log_size;
    internal byte* log_buf;
    internal uint kern_version;
    internal uint prog_flags;
    internal bpf_obj_name prog_name;
    internal uint prog_ifindex;
    internal uint expected_attach_type;
    internal uint prog_btf_fd;
    internal uint func_info_rec_size;
    internal ulong func_info;
    internal uint func_info_cnt;
    internal uint line_info_rec_size;
    internal ulong line_info;
    internal uint line_info_cnt;
    internal uint attach_btf_id;
}

/// <summary>BPF_PROG_ATTACH and BPF_PROG_DETACH.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_attach
{
    internal uint target_fd;
    internal uint attach_bpf_fd;
    internal uint attach_type;
    internal uint attach_flags;
}

/// <summary>BPF_PROG_TEST_RUN.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_attr_test
{
    internal uint prog_fd;
    internal uint retval;
    internal uint data_size_in;
    internal uint data_size_out;
    internal byte* data_in;
    internal byte* data_out;
    internal uint repeat;
    internal uint duration;
    internal uint ctx_size_in;
    internal uint ctx_size_out;
    internal byte* ctx_in;
    internal byte* ctx_out;
}

/// <summary>BPF_*_GET_NEXT_ID and BPF_*_GET_FD_BY_ID.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_get_id
{
    internal uint start_id;
    internal uint next_id;
    internal uint open_flags;
}

/// <summary>BPF_OBJ_GET_INFO_BY_FD.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_attr_info
{
    internal uint bpf_fd;
    internal uint info_len;
    internal byte* info;
}

/// <summary>BPF_PROG_QUERY.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_attr_query
{
    internal uint target_fd;
    internal uint attach_type;
    internal uint query_flags;
    internal uint attach_flags;
    internal uint* prog_ids;
    internal uint prog_cnt;
}

/// <summary>BPF_RAW_TRACEPOINT_OPEN, for tp_btf programs too (without a name).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_attr_raw_tracepoint
{
    internal byte* name;
    internal uint prog_fd;
}

/// <summary>BPF_LINK_CREATE for a cgroup or an iterator.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_link_create
{
    internal uint prog_fd;
    internal uint target_fd;
    internal uint attach_type;
    internal uint flags;
}

/// <summary>BPF_ITER_CREATE.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_iter_create
{
    internal uint link_fd;
    internal uint flags;
}

/// <summary>struct bpf_prog_info as far as kernels since 5.12 fill it: older ones leave the end at zero.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_prog_info
{
    internal uint type;
    internal uint id;
    internal ulong tag;
    internal uint jited_prog_len;
    internal uint xlated_prog_len;
    internal ulong jited_prog_insns;
    internal ulong xlated_prog_insns;
    internal ulong load_time;
    internal uint created_by_uid;
    internal uint nr_map_ids;
    internal ulong map_ids;
    internal bpf_obj_name name;
    internal uint ifindex;
    internal uint gpl_compatible;
    internal ulong netns_dev;
    internal ulong netns_ino;
    internal uint nr_jited_ksyms;
    internal uint nr_jited_func_lens;
    internal ulong jited_ksyms;
    internal ulong jited_func_lens;
    internal uint btf_id;
    internal uint func_info_rec_size;
    internal ulong func_info;
    internal uint nr_func_info;
    internal uint nr_line_info;
    internal ulong line_info;
    internal ulong jited_line_info;
    internal uint nr_jited_line_info;
    internal uint line_info_rec_size;
    internal uint jited_line_info_rec_size;
    internal uint nr_prog_tags;
    internal ulong prog_tags;
    internal ulong run_time_ns;
    internal ulong run_cnt;
    internal ulong recursion_misses;
}

/// <summary>struct bpf_map_info up to the name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_map_info
{
    internal uint type;
    internal uint id;
    internal uint key_size;
    internal uint value_size;
    internal uint max_entries;
    internal uint map_flags;
    internal bpf_obj_name name;
}

/// <summary>struct bpf_link_info before its union.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_link_info
{
    internal uint type;
    internal uint id;
    internal uint prog_id;
}

/// <summary>struct perf_event_attr (linux/perf_event.h) of PERF_ATTR_SIZE_VER0, which every kernel takes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct perf_event_attr
{
    internal uint type;
    internal uint size;
    internal ulong config;
    internal ulong sample_period;
    internal ulong sample_type;
}

/// <summary>struct btf_header (linux/btf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct btf_header
{
    internal ushort magic;
    internal byte version;
    internal byte flags;
    internal uint hdr_len;
    internal uint type_off;
    internal uint type_len;
    internal uint str_off;
    internal uint str_len;
}

/// <summary>struct btf_type (linux/btf.h): size or type stand in one union.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct btf_type
{
    internal uint name_off;
    internal uint info;
    internal uint size;
}

/// <summary>struct btf_member (linux/btf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct btf_member
{
    internal uint name_off;
    internal uint type;
    internal uint offset;
}

/// <summary>struct btf_array (linux/btf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct btf_array
{
    internal uint type;
    internal uint index_type;
    internal uint nelems;
}

/// <summary>struct btf_enum (linux/btf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct btf_enum
{
    internal uint name_off;
    internal int val;
}
