using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Linux;

// The parts of an identity one by one, for an engine that has the others from elsewhere and knows by itself that a process is still the same.
internal sealed partial class LinuxProcessReader
{
    /// <summary>What is said of the command line of a kernel thread.</summary>
    internal static Reading<ProcessArguments> KernelArguments { get; } = Reading.None<ProcessArguments>("a kernel thread has no command line");

    /// <summary>Objects for ids and rights, shared by all processes that have the same ones.</summary>
    internal CredentialCache Credentials => _credentials;

    /// <summary>Objects for namespaces, likewise.</summary>
    internal LinuxNamespaceReader Namespaces => _namespaces;

    /// <summary>Names of users.</summary>
    internal UserNames Users => _users;

    /// <summary>Whether the kernel keeps audit ids.</summary>
    internal bool HasAudit => _hasAudit;

    /// <summary>An id of the audit system; 2^32-1 stands for "never set": a process that no login started.</summary>
    internal static Reading<uint> ToAuditId(uint id) => id == uint.MaxValue ? Reading.None<uint>("no login started it") : id;

    /// <summary>The command line of a process whose folder is not open.</summary>
    internal Reading<ProcessArguments> ReadArgumentsOf(in ProcessSample sample)
    {
        int max = Math.Max(1, _options.MaxArgumentBytes);
        int length = _files.ReadOne(sample.Pid, "cmdline"u8, out ReadOnlySpan<byte> text, max);
        return ToArguments(sample, length, text, max);
    }

    /// <summary>The program's file of a process whose folder is not open.</summary>
    internal Reading<ProcessImage> ReadImageOf(in ProcessSample sample)
    {
        if (_files.Enter(sample.Pid) < 0)
        {
            return Reading.Gone<ProcessImage>(LinuxReasons.Ended);
        }

        try
        {
            return _images.Read(sample);
        }
        finally
        {
            _files.Leave();
        }
    }

    /// <summary>The control groups of a process whose folder is not open.</summary>
    internal CgroupFacts ReadCgroupOf(int pid)
    {
        int length = _files.ReadOne(pid, "cgroup"u8, out ReadOnlySpan<byte> text, MaxCgroupBytes);
        return ToCgroupFacts(length, text);
    }

    /// <summary>The label of a process whose folder is not open.</summary>
    internal Reading<string> ReadLabelOf(int pid)
    {
        if (_labelFile is null)
        {
            return Reading.None<string>(_noLabel);
        }

        int length = _files.ReadOne(pid, _labelFile, out ReadOnlySpan<byte> text);
        return ToLabel(length, text);
    }
}
