using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>What <see cref="BpfProgram.Load"/> gives to the kernel.</summary>
/// <param name="Name">How tools such as bpftool show it: at most 15 letters, digits, underscores and dots.</param>
/// <param name="Type">Where it runs.</param>
/// <param name="Instructions">Its code, from <see cref="BpfAssembler.Build"/>.</param>
internal sealed record BpfProgramSource(string Name, BpfProgramType Type, BpfInstruction[] Instructions)
{
    /// <summary>What it will be attached to, where the verifier asks for that.</summary>
    internal BpfAttachType AttachType { get; init; }

    /// <summary>For tracing programs the id of the function or typedef in the kernel's BTF.</summary>
    internal uint AttachBtfId { get; init; }

    /// <summary>Whether it may be interrupted and may fault pages in (kernel 5.18 for iterators).</summary>
    internal bool IsSleepable { get; init; }
}

/// <summary>What a trial run of a program did.</summary>
/// <param name="ReturnValue">What it returned.</param>
/// <param name="DataLength">Bytes of the packet afterwards.</param>
/// <param name="Duration">Mean time of one run.</param>
internal readonly record struct BpfTestRun(uint ReturnValue, int DataLength, TimeSpan Duration);

/// <summary>A program that the kernel has verified and compiled; it runs once a <see cref="BpfLink"/> attaches it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class BpfProgram : IDisposable
{
    // MIT alone is not taken for GPL-compatible, and most helpers are refused to what is not.
    private const string License = "Dual MIT/GPL\0";
    private const int LogSize = 1 << 20;
    private const int DetailedLog = 1;
    private readonly FileDescriptor _fd;

    private BpfProgram(FileDescriptor fd, string name)
    {
        _fd = fd;
        Name = name;
    }

    internal FileDescriptor Descriptor => _fd;

    internal string Name { get; }

    /// <summary>Has the kernel verify and compile a program.</summary>
    /// <exception cref="BpfRejectedException">The kernel refused it; the verifier's words are in the exception.</exception>
    internal static BpfProgram Load(BpfProgramSource source)
    {
        FileDescriptor fd = TryLoad(source, 0, [], out NativeError error);
        if (!fd.IsInvalid)
        {
            return new BpfProgram(fd, source.Name);
        }

        fd.Dispose();
        if (error.Code is Unix.LibC.EPERM)
        {
            throw new BpfRejectedException(source.Name, error, null); // the right is missing: the verifier was never asked
        }

        // Asked for again only now: writing the log takes longer than verifying.
        VerifierLog log = Explain(source, DetailedLog, out FileDescriptor second, out NativeError secondError);
        if (!second.IsInvalid)
        {
            return new BpfProgram(second, source.Name); // what stood in the way the first time has gone (ENOMEM, a signal)
        }

        second.Dispose();
        throw new BpfRejectedException(source.Name, secondError.Code == BpfAbi.ENOSPC ? error : secondError, log);
    }

    /// <summary>Loads a program only to hear what the verifier says about each instruction.</summary>
    /// <param name="source">The program.</param>
    /// <param name="level">1 for every path that was followed, 2 for every instruction with the state before it.</param>
    internal static VerifierLog Explain(BpfProgramSource source, int level)
    {
        VerifierLog log = Explain(source, level, out FileDescriptor fd, out _);
        fd.Dispose();
        return log;
    }

    /// <summary>Runs the program once or more on given bytes, attached to nothing (cgroup_skb and other packet programs).</summary>
    /// <param name="data">The packet, from its Ethernet header.</param>
    /// <param name="output">Room for the packet afterwards; may be empty.</param>
    /// <param name="repeat">How many runs to average over.</param>
    /// <exception cref="NativeException">The system refused; not every type of program can be tried.</exception>
    internal unsafe BpfTestRun TestRun(ReadOnlySpan<byte> data, Span<byte> output, int repeat = 1)
    {
        using var program = new BorrowedDescriptor(_fd);
        fixed (byte* dataBytes = data)
        fixed (byte* outputBytes = output)
        {
            // SAFETY: both are pinned for the call, with their true lengths.
            var attribute = new bpf_attr_test
            {
                prog_fd = program.Number,
                data_in = dataBytes,
                data_size_in = (uint)data.Length,
                data_out = outputBytes,
                data_size_out = (uint)output.Length,
                repeat = (uint)repeat,
            };
            return BpfSyscall.Call(BpfAbi.BPF_PROG_TEST_RUN, ref attribute, out NativeError error) >= 0
                ? new BpfTestRun(attribute.retval, (int)attribute.data_size_out, TimeSpan.FromMicroseconds(attribute.duration / 1000.0))
                : throw new NativeException($"bpf(BPF_PROG_TEST_RUN {Name})", error);
        }
    }

    public void Dispose() => _fd.Dispose();

    private static VerifierLog Explain(BpfProgramSource source, int level, out FileDescriptor fd, out NativeError error)
    {
        byte[] buffer = new byte[LogSize];
        fd = TryLoad(source, level, buffer, out error);
        return VerifierLog.Parse(buffer, isTruncated: error.Code == BpfAbi.ENOSPC);
    }

    private static unsafe FileDescriptor TryLoad(BpfProgramSource source, int logLevel, Span<byte> log, out NativeError error)
    {
        fixed (BpfInstruction* instructions = source.Instructions)
        fixed (byte* license = System.Text.Encoding.ASCII.GetBytes(License))
        fixed (byte* logBytes = log)
        {
            // SAFETY: instructions, license and log are pinned for the call, with their true lengths.
            var attribute = new bpf_attr_prog_load
            {
                prog_type = (uint)source.Type,
                insn_cnt = (uint)source.Instructions.Length,
                insns = instructions,
                license = license,
                log_level = (uint)logLevel,
                log_size = (uint)log.Length,
                log_buf = logBytes,
                prog_flags = source.IsSleepable ? BpfAbi.BPF_F_SLEEPABLE : 0,
                prog_name = BpfName.Of(source.Name),
                expected_attach_type = (uint)source.AttachType,
                attach_btf_id = source.AttachBtfId,
            };
            return BpfSyscall.Open(BpfAbi.BPF_PROG_LOAD, ref attribute, out error);
        }
    }
}
