using System.Globalization;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Reads all processes of the host in one go: a program in the kernel writes a record of fixed size about each.</summary>
/// <remarks>
/// Needs CAP_BPF and CAP_PERFMON (or root), kernel 5.8 and its BTF. One thread at a time. Check it once against /proc before relying on it: the
/// kernel's structs are no stable interface, and only their shapes are known from BTF, not their meaning.
/// <code>
/// using TaskIterator? tasks = TaskIterator.TryOpen(TaskFields.EveryCycle, out string reason);
/// foreach (ref readonly TaskRecord task in tasks.Read()) { … }
/// </code>
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class TaskIterator : IDisposable
{
    // include/linux/proc_ns.h: PROC_PID_INIT_INO, the initial pid namespace in every kernel.
    private const string InitialPidNamespace = "pid:[4026531836]";

    private readonly BpfProgram _program;
    private readonly BpfLink _link;
    private readonly TaskRecords _records = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BpfIterator.BufferSize, pinned: true);

    private TaskIterator(BpfProgram program, BpfLink link, TaskProgram source)
    {
        _program = program;
        _link = link;
        Available = source.Available;
        Missing = source.Missing;
    }

    /// <summary>The groups of fields that are filled: those asked for that this kernel has.</summary>
    internal TaskFields Available { get; }

    /// <summary>Fields of groups that were asked for and that this kernel does not have, by the kernel's names.</summary>
    internal IReadOnlyList<string> Missing { get; }

    /// <summary>Threads, beside the first of each process, in the last reading.</summary>
    internal int Threads => _records.Threads;

    /// <summary>Threads of the last reading whose process was not seen.</summary>
    internal int Orphans => _records.Orphans;

    /// <summary>The processes of the last reading.</summary>
    internal ReadOnlySpan<TaskRecord> Last => _records.Processes;

    /// <summary>Loads and attaches the program.</summary>
    /// <param name="wanted">What to read about each process.</param>
    /// <param name="reason">When this is refused: why, with the kernel's or its verifier's own words; else empty.</param>
    /// <returns>Null when the kernel cannot, or this process may not.</returns>
    internal static TaskIterator? TryOpen(TaskFields wanted, out string reason)
    {
        try
        {
            return TryOpen(wanted, "/proc", KernelBtf.VmlinuxPath, out reason, out _);
        }
        catch (NativeException e)
        {
            reason = e.Message;
            return null;
        }
    }

    /// <summary>As the other, with paths for tests, and the refusal as it came.</summary>
    internal static TaskIterator? TryOpen(TaskFields wanted, string proc, string btfPath, out string reason, out NativeError refusal)
    {
        refusal = default;
        try
        {
            return Open(wanted, proc, btfPath, out reason);
        }
        catch (NativeException e)
        {
            refusal = e.Error;
            reason = e.Message;
            return null;
        }
    }

    /// <summary>Makes room for so many processes at once.</summary>
    internal void Reserve(int processes) => _records.Reserve(processes);

    /// <summary>Reads all processes as they are now, sorted by pid; on loan until the next call.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal ReadOnlySpan<TaskRecord> Read()
    {
        _records.Clear();
        BpfIterator.Walk(_link, _buffer, _records);
        _records.Finish();
        return _records.Unreadable == 0
            ? _records.Processes
            : throw new NativeException(
                string.Create(CultureInfo.InvariantCulture, $"read(BPF iterator): {_records.Unreadable} bytes that are no record"),
                new NativeError(NativeErrorDomain.Errno, Unix.LibC.EINVAL));
    }

    public void Dispose()
    {
        _link.Dispose();
        _program.Dispose();
    }

    private static TaskIterator? Open(TaskFields wanted, string proc, string btfPath, out string reason)
    {
        // The program sees ids of the initial namespace, whatever namespace reads it.
        string? own = new FileInfo($"{proc}/self/ns/pid").LinkTarget;
        if (own is not null && own != InitialPidNamespace)
        {
            reason = $"this process is in a pid namespace of its own ({own}), and the iterator speaks of pids of the initial one";
            return null;
        }

        using KernelBtf bytes = KernelBtf.Open(btfPath);
        if (!Btf.TryParse(bytes.Bytes, out Btf btf, out BtfDefect defect))
        {
            reason = $"{btfPath}: {defect}";
            return null;
        }

        uint target = btf.Find(BtfKind.Function, "bpf_iter_task"u8);
        if (target == 0)
        {
            reason = "the kernel has no task iterator (Linux 5.8, CONFIG_BPF_SYSCALL)";
            return null;
        }

        if (TaskProgram.TryWrite(in btf, wanted, out reason) is not { } source)
        {
            return null;
        }

        BpfProgram program = BpfProgram.Load(new BpfProgramSource("sonde_tasks", BpfProgramType.Tracing, source.Instructions)
        {
            AttachType = BpfAttachType.Iterator,
            AttachBtfId = target,
        });
        try
        {
            return new TaskIterator(program, BpfLink.AttachIterator(program), source);
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }
}
