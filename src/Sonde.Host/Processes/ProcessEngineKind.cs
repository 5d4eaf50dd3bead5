namespace Sonde.Host.Processes;

/// <summary>Which way of reading the process table is used.</summary>
public enum ProcessEngineKind
{
    /// <summary>The best that works here.</summary>
    Automatic = 0,

    /// <summary>Linux: the kernel's task iterator, by a BPF program; needs CAP_BPF and CAP_PERFMON.</summary>
    Bpf,

    /// <summary>Linux: the files of /proc; needs no right.</summary>
    Proc,

    /// <summary>Windows: one call for the whole table (NtQuerySystemInformation).</summary>
    SystemInformation,

    /// <summary>Windows: the tool help snapshot, with fewer fields.</summary>
    ToolHelp,

    /// <summary>macOS: one sysctl for the whole table (KERN_PROC_ALL).</summary>
    Sysctl,
}
