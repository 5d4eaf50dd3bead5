using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>A program attached to a cgroup as kernels before 5.7 do it: without a link.</summary>
/// <remarks>Unlike a <see cref="BpfLink"/> it stays attached when this process is killed, until the cgroup is gone: the second choice.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class CgroupAttachment : IDisposable
{
    private readonly BpfProgram _program;
    private readonly FileDescriptor _cgroup;
    private readonly BpfAttachType _type;
    private bool _detached;

    private CgroupAttachment(BpfProgram program, FileDescriptor cgroup, BpfAttachType type)
    {
        _program = program;
        _cgroup = cgroup;
        _type = type;
    }

    /// <summary>Attaches beside what others attached. Program and cgroup must stay open until this is disposed.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static CgroupAttachment Attach(BpfProgram program, FileDescriptor cgroup, BpfAttachType type)
    {
        Give(BpfAbi.BPF_PROG_ATTACH, "bpf(BPF_PROG_ATTACH)", program, cgroup, type, BpfAbi.BPF_F_ALLOW_MULTI);
        return new CgroupAttachment(program, cgroup, type);
    }

    /// <summary>The ids of the programs that are attached to a cgroup itself (not to those above it), at most 64.</summary>
    /// <exception cref="NativeException">The system refused; ENOSPC when there are more.</exception>
    internal static unsafe uint[] Query(FileDescriptor cgroup, BpfAttachType type)
    {
        const int Most = 64; // BPF_CGROUP_MAX_PROGS
        using var target = new BorrowedDescriptor(cgroup);
        uint* ids = stackalloc uint[Most];

        // SAFETY: the kernel writes at most prog_cnt ids.
        var attribute = new bpf_attr_query { target_fd = target.Number, attach_type = (uint)type, prog_ids = ids, prog_cnt = Most };
        return BpfSyscall.Call(BpfAbi.BPF_PROG_QUERY, ref attribute, out NativeError error) >= 0
            ? new ReadOnlySpan<uint>(ids, (int)Math.Min(attribute.prog_cnt, Most)).ToArray()
            : throw new NativeException("bpf(BPF_PROG_QUERY)", error);
    }

    /// <summary>Detaches the program.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    public void Dispose()
    {
        if (!_detached)
        {
            _detached = true;
            Give(BpfAbi.BPF_PROG_DETACH, "bpf(BPF_PROG_DETACH)", _program, _cgroup, _type, 0);
        }
    }

    private static void Give(int command, string operation, BpfProgram program, FileDescriptor cgroup, BpfAttachType type, uint flags)
    {
        using var target = new BorrowedDescriptor(cgroup);
        using var attached = new BorrowedDescriptor(program.Descriptor);
        var attribute = new bpf_attr_attach { target_fd = target.Number, attach_bpf_fd = attached.Number, attach_type = (uint)type, attach_flags = flags };
        if (BpfSyscall.Call(command, ref attribute, out NativeError error) < 0)
        {
            throw new NativeException(operation, error);
        }
    }
}
