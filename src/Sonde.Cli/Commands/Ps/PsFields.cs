using Sonde.Cli.Records;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>The fields of a process by the names that options, filters, JSON and TSV share.</summary>
internal static partial class PsFields
{
    /// <summary>What a table for people shows when nobody says otherwise.</summary>
    internal static readonly string[] Pretty = ["pid", "parent_pid", "user", "state", "threads", "resident_bytes", "cpu_time", "started", "container", "command"];

    /// <summary>What a live table shows.</summary>
    internal static readonly string[] Watched = ["pid", "user", "state", "cpu_percent", "resident_bytes", "threads", "cpu_time", "container", "command"];

    /// <summary>What a table shows that is asked for hashes: little beside them, for they are wide.</summary>
    internal static readonly string[] Hashed = ["pid", "user", "exe_state", "sha256", "command"];

    // What programs get when they ask for nothing: all that costs little, of the systems that have it.
    private static readonly string[] s_records =
    [
        "pid", "name", "parent_pid", "key", "parent_key", "state", "is_kernel", "started", "process_group", "session", "terminal", "cpu_time", "user_time", "kernel_time",
        "threads", "nice", "priority", "policy", "resident_bytes", "virtual_bytes", "minor_faults", "major_faults", "user", "uid", "uid_real", "gid", "command", "arguments", "exe",
        "exe_state", "cgroup", "container_runtime", "container_id", "pod", "unit", "slice", "cap_effective_bits", "seccomp", "no_new_privileges",
    ];

    /// <summary>Every field.</summary>
    internal static RecordFields<ProcessRecord> All { get; } = new([.. CoreFields(), .. MemoryFields(), .. IoFields(), .. IdentityFields(), .. ForeignFields(), .. DetailsFields()]);

    /// <summary>Every field but the hash, which is asked for by itself: it reads every program file of the host.</summary>
    internal static IReadOnlyList<RecordField<ProcessRecord>> AllButHash => [.. All.All.Where(static one => one.Needs != (ulong)ProcessFields.Hash)];

    /// <summary>What programs get when they ask for nothing.</summary>
    internal static IReadOnlyList<RecordField<ProcessRecord>> Records => [.. s_records.Select(Of)];

    /// <summary>A field that is known to be there.</summary>
    internal static RecordField<ProcessRecord> Of(string name) => All.TryFind(name, out RecordField<ProcessRecord>? field) ? field : throw new ArgumentException($"There is no field '{name}'.", nameof(name));
}
