using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Linux;

/// <summary>Linux: the kernel's task iterator, and below it the files of /proc, which every kernel has.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxProcessLadder : ProcessLadder
{
    private const string Provides = "every process with times, memory, security context and container; what belongs to others with CAP_SYS_PTRACE";
    private const int SysPtrace = 19; // CAP_SYS_PTRACE

    private protected override IReadOnlyList<ProcessRung> Rungs { get; } =
    [
        new ProcessRung(ProcessEngineKind.Bpf, LinuxBpfEngine.Name, OpenBpf, CheckBpf),
        new ProcessRung(ProcessEngineKind.Proc, LinuxProcEngine.Name, OpenProc, CheckProc),
    ];

    /// <summary>The reader that every engine of Linux works with.</summary>
    /// <exception cref="HostException">No proc file system is mounted where the options say.</exception>
    internal static LinuxProcessReader OpenReader(ProcessCollectorOptions options, out LinuxProcView view)
    {
        ProcFiles files = OpenFiles(options.ProcRoot);
        try
        {
            view = LinuxProcView.Examine(files, options);
            return new LinuxProcessReader(files, view, options);
        }
        catch (HostException)
        {
            files.Dispose();
            throw;
        }
    }

    private static LinuxProcessCollector OpenBpf(ProcessCollectorOptions options, IReadOnlyList<Gap> skipped)
    {
        LinuxProcessReader reader = OpenReader(options, out LinuxProcView view);
        try
        {
            return new LinuxProcessCollector(options, LinuxBpfEngine.Open(reader, view, options.Fields), reader, skipped);
        }
        catch (HostException)
        {
            reader.Dispose();
            throw;
        }
    }

    private static LinuxProcessCollector OpenProc(ProcessCollectorOptions options, IReadOnlyList<Gap> skipped)
    {
        LinuxProcessReader reader = OpenReader(options, out LinuxProcView view);
        return new LinuxProcessCollector(options, new LinuxProcEngine(reader.Files, reader, view.Clock), reader, skipped);
    }

    private static ProcFiles OpenFiles(string root)
    {
        try
        {
            return ProcFiles.Open(root);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused, root);
        }
    }

    private static BackendStatus CheckBpf()
    {
        const string FromKernel = "the same as proc, read in the kernel in one go: many processes in a few milliseconds, processor times to the nanosecond";
        try
        {
            using LinuxProcessCollector collector = OpenBpf(new ProcessCollectorOptions { Fields = ProcessFields.Core }, []);
            using ProcessSnapshot snapshot = collector.Collect();
            return new BackendStatus(ProcessCollector.Part, LinuxBpfEngine.Name, BackendState.Available, FromKernel, "bpf(BPF_ITER_CREATE)");
        }
        catch (HostException refused)
        {
            return BackendStatus.From(
                ProcessCollector.Part, LinuxBpfEngine.Name, FromKernel, refused, refused.Failure == HostFailure.AccessDenied ? LinuxBpfEngine.Rights : []);
        }
    }

    private static BackendStatus CheckProc()
    {
        try
        {
            using LinuxProcessCollector collector = OpenProc(new ProcessCollectorOptions { Fields = ProcessFields.Core }, []);
            using ProcessSnapshot snapshot = collector.Collect();
            string[] missing = [.. snapshot.Gaps.Select(static gap => gap.Reason)];
            bool seesAll = CapabilitySets.Read().Effective >> SysPtrace is var bits && (bits & 1) != 0;
            string? reason = missing.Length > 0 ? string.Join("; ", missing)
                : seesAll ? null
                : "of processes of other users: no program file, I/O counters, namespaces, environment and folders";
            return new BackendStatus(
                ProcessCollector.Part, LinuxProcEngine.Name, BackendState.Available, Provides, "getdents64", reason, MissingRights: seesAll ? [] : ["CAP_SYS_PTRACE"]);
        }
        catch (HostException refused)
        {
            return BackendStatus.From(ProcessCollector.Part, LinuxProcEngine.Name, Provides, refused);
        }
        catch (NativeException refused)
        {
            return BackendStatus.From(ProcessCollector.Part, LinuxProcEngine.Name, Provides, HostException.From(refused));
        }
    }
}
