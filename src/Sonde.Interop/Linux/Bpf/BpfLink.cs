using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>An attached program: it runs until this is disposed or this process ends, however it ends.</summary>
[SupportedOSPlatform("linux")]
internal sealed class BpfLink : IDisposable
{
    private readonly FileDescriptor _fd;

    private BpfLink(FileDescriptor fd) => _fd = fd;

    internal FileDescriptor Descriptor => _fd;

    /// <summary>Attaches to a cgroup and everything below it, beside what others attached (kernel 5.7; before that <see cref="CgroupAttachment"/>).</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfLink AttachToCgroup(BpfProgram program, FileDescriptor cgroup, BpfAttachType type)
    {
        using var target = new BorrowedDescriptor(cgroup);
        return Create(program, target.Number, type);
    }

    /// <summary>Attaches an XDP program to an interface of the calling thread's network namespace: in the driver where it can, else behind it (kernel 5.9).</summary>
    /// <exception cref="NativeException">The system refused; EBUSY when there is one already.</exception>
    internal static BpfLink AttachToInterface(BpfProgram program, int interfaceIndex) => Create(program, (uint)interfaceIndex, BpfAttachType.Xdp);

    /// <summary>Makes an iterator of a program; nothing runs until <see cref="BpfIterator.Walk"/>.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfLink AttachIterator(BpfProgram program) => Create(program, 0, BpfAttachType.Iterator);

    /// <summary>Attaches to the tracepoint with typed arguments (tp_btf) that the program was loaded for.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfLink AttachTypedTracepoint(BpfProgram program) => OpenRaw(program, null);

    /// <summary>Attaches to a tracepoint by its name, without tracefs; the program reads raw arguments.</summary>
    /// <exception cref="NativeException">The system refused; ENOENT when there is no such tracepoint.</exception>
    internal static BpfLink AttachRawTracepoint(BpfProgram program, string tracepoint) => OpenRaw(program, tracepoint);

    /// <summary>Attaches to a tracepoint by its number in tracefs (see <see cref="TracepointFormat"/>).</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfLink AttachTracepoint(BpfProgram program, int tracepointId)
    {
        // One event on any one processor is enough: programs on a tracepoint run wherever it fires.
        FileDescriptor fd = BpfSyscall.OpenPerfEvent(
            new perf_event_attr
            {
                type = BpfAbi.PERF_TYPE_TRACEPOINT,
                size = BpfAbi.PERF_ATTR_SIZE_VER0,
                config = (ulong)tracepointId,
                sample_period = 1,
                sample_type = BpfAbi.PERF_SAMPLE_RAW,
            },
            cpu: 0);
        try
        {
            using var attached = new BorrowedDescriptor(program.Descriptor);
            BpfSyscall.Control(fd, BpfAbi.PERF_EVENT_IOC_SET_BPF, attached.Number, "ioctl(PERF_EVENT_IOC_SET_BPF)");
            BpfSyscall.Control(fd, BpfAbi.PERF_EVENT_IOC_ENABLE, 0, "ioctl(PERF_EVENT_IOC_ENABLE)");
            return new BpfLink(fd);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    public void Dispose() => _fd.Dispose();

    private static BpfLink Create(BpfProgram program, uint target, BpfAttachType type)
    {
        using var attached = new BorrowedDescriptor(program.Descriptor);
        var attribute = new bpf_attr_link_create { prog_fd = attached.Number, target_fd = target, attach_type = (uint)type };
        return Checked(BpfSyscall.Open(BpfAbi.BPF_LINK_CREATE, ref attribute, out NativeError error), $"bpf(BPF_LINK_CREATE {type} {program.Name})", error);
    }

    private static unsafe BpfLink OpenRaw(BpfProgram program, string? tracepoint)
    {
        using var attached = new BorrowedDescriptor(program.Descriptor);
        byte[] name = tracepoint is null ? [] : Encoding.UTF8.GetBytes(tracepoint + "\0");
        fixed (byte* nameBytes = name)
        {
            // SAFETY: the name is pinned for the call and ends with a zero; null means the one that the program was loaded for.
            var attribute = new bpf_attr_raw_tracepoint { name = nameBytes, prog_fd = attached.Number };
            return Checked(BpfSyscall.Open(BpfAbi.BPF_RAW_TRACEPOINT_OPEN, ref attribute, out NativeError error), $"bpf(BPF_RAW_TRACEPOINT_OPEN {tracepoint ?? program.Name})", error);
        }
    }

    private static BpfLink Checked(FileDescriptor fd, string operation, NativeError error)
    {
        if (fd.IsInvalid)
        {
            fd.Dispose();
            throw new NativeException(operation, error);
        }

        return new BpfLink(fd);
    }
}
