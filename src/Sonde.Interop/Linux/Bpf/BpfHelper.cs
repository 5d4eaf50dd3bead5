namespace Sonde.Interop.Linux.Bpf;

/// <summary>Functions of the kernel that programs may call (linux/bpf.h, enum bpf_func_id).</summary>
internal enum BpfHelper
{
    MapLookup = BpfAbi.BPF_FUNC_map_lookup_elem,
    MapUpdate = BpfAbi.BPF_FUNC_map_update_elem,
    MapDelete = BpfAbi.BPF_FUNC_map_delete_elem,
    KernelTimeNanoseconds = BpfAbi.BPF_FUNC_ktime_get_ns,
    ProcessorId = BpfAbi.BPF_FUNC_get_smp_processor_id,

    /// <summary>Thread group in the high half, thread in the low one.</summary>
    CurrentProcessAndThread = BpfAbi.BPF_FUNC_get_current_pid_tgid,

    /// <summary>Group in the high half, user in the low one.</summary>
    CurrentUserAndGroup = BpfAbi.BPF_FUNC_get_current_uid_gid,
    CurrentCommand = BpfAbi.BPF_FUNC_get_current_comm,
    LoadSkbBytes = BpfAbi.BPF_FUNC_skb_load_bytes,
    CurrentTask = BpfAbi.BPF_FUNC_get_current_task,
    SocketCookie = BpfAbi.BPF_FUNC_get_socket_cookie,
    SocketUserId = BpfAbi.BPF_FUNC_get_socket_uid,
    CurrentCgroupId = BpfAbi.BPF_FUNC_get_current_cgroup_id,
    ProbeReadUser = BpfAbi.BPF_FUNC_probe_read_user,
    ProbeReadKernel = BpfAbi.BPF_FUNC_probe_read_kernel,
    ProbeReadUserString = BpfAbi.BPF_FUNC_probe_read_user_str,
    ProbeReadKernelString = BpfAbi.BPF_FUNC_probe_read_kernel_str,
    NetworkNamespaceCookie = BpfAbi.BPF_FUNC_get_netns_cookie,
    KernelTimeBootNanoseconds = BpfAbi.BPF_FUNC_ktime_get_boot_ns,
    SequenceWrite = BpfAbi.BPF_FUNC_seq_write,
    SocketCgroupId = BpfAbi.BPF_FUNC_sk_cgroup_id,

    /// <summary>What an XDP program returns to lead a packet to a socket of a map; the third argument is what is done when the map has none.</summary>
    RedirectToMap = BpfAbi.BPF_FUNC_redirect_map,
    RingOutput = BpfAbi.BPF_FUNC_ringbuf_output,
    RingReserve = BpfAbi.BPF_FUNC_ringbuf_reserve,
    RingSubmit = BpfAbi.BPF_FUNC_ringbuf_submit,
    RingDiscard = BpfAbi.BPF_FUNC_ringbuf_discard,
    CopyFromUser = BpfAbi.BPF_FUNC_copy_from_user,
    CurrentTaskTyped = BpfAbi.BPF_FUNC_get_current_task_btf,
    CopyFromUserOfTask = BpfAbi.BPF_FUNC_copy_from_user_task,
}
