using Sonde.Cli.Records;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

// Fields of the every-cycle tier.
internal static partial class PsFields
{
    /// <summary>What every engine gives in one call.</summary>
    private static RecordField<ProcessRecord>[] CoreFields() =>
    [
        new("pid", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.Pid)),
        new("name", FieldKind.Text, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.Name), "comm"),
        new("parent_pid", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.ParentPid), "ppid") { Header = "PPID" },
        new("key", FieldKind.Text, (ulong)ProcessFields.Core, static process => FieldValue.Of(PsText.Key(process.Key))),
        new("parent_key", FieldKind.Text, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.Parent, static parent => FieldValue.Of(PsText.Key(parent)))),
        new("state", FieldKind.Text, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.State, static state => FieldValue.Of(PsWords.Of(state))), "stat"),
        new("is_kernel", FieldKind.Boolean, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.IsKernel), "kernel"),
        new("started", FieldKind.Time, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.StartTime), "start", "start_time"),
        new("process_group", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.ProcessGroup), "pgid", "pgrp"),
        new("session", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.Session), "sid"),
        new("terminal", FieldKind.Text, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.TerminalName), "tty"),
        new("terminal_session", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.TerminalSession)),
        new("image_version", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.ImageVersion)),
        new("cpu_percent", FieldKind.Real, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.CpuPercent), "cpu") { Header = "CPU %" },
        new("cpu_time", FieldKind.Duration, (ulong)ProcessFields.Core, static process => PsText.CpuTime(process), "time"),
        new("user_time", FieldKind.Duration, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.UserTime), "utime"),
        new("kernel_time", FieldKind.Duration, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.KernelTime), "stime"),
        new("threads", FieldKind.Count, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.Threads), "nlwp"),
        new("nice", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.Nice), "ni"),
        new("priority", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.Priority)),
        new("realtime_priority", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.RealtimePriority)),
        new("policy", FieldKind.Text, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.Policy, static policy => FieldValue.Of(PsWords.Of(policy))), "cls"),
        new("processor", FieldKind.Number, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.Processor), "psr"),
        new("resident_bytes", FieldKind.Bytes, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.ResidentBytes), "rss") { Header = "RSS" },
        new("virtual_bytes", FieldKind.Bytes, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.VirtualBytes), "vsz") { Header = "VIRTUAL" },
        new("minor_faults", FieldKind.Count, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.MinorFaults), "min_flt"),
        new("major_faults", FieldKind.Count, (ulong)ProcessFields.Core, static process => FieldValue.Of(process.MajorFaults), "maj_flt"),
    ];

    /// <summary>Memory beyond resident and virtual.</summary>
    private static RecordField<ProcessRecord>[] MemoryFields() =>
    [
        new("private_bytes", FieldKind.Bytes, (ulong)ProcessFields.Memory, static process => FieldValue.Of(process.PrivateBytes)),
        new("shared_bytes", FieldKind.Bytes, (ulong)ProcessFields.Memory, static process => FieldValue.Of(process.SharedBytes)),
        new("footprint_bytes", FieldKind.Bytes, (ulong)ProcessFields.Memory, static process => FieldValue.Of(process.FootprintBytes), "footprint"),
        new("swap_bytes", FieldKind.Bytes, (ulong)ProcessFields.Memory, static process => FieldValue.Of(process.SwapBytes), "swap"),
        new("peak_resident_bytes", FieldKind.Bytes, (ulong)ProcessFields.Memory, static process => FieldValue.Of(process.PeakResidentBytes), "hwm"),
        new("peak_virtual_bytes", FieldKind.Bytes, (ulong)ProcessFields.Memory, static process => FieldValue.Of(process.PeakVirtualBytes)),
        new("locked_bytes", FieldKind.Bytes, (ulong)ProcessFields.Memory, static process => FieldValue.Of(process.LockedBytes)),
    ];

    /// <summary>I/O, descriptors and other counters of the every-cycle tier.</summary>
    private static RecordField<ProcessRecord>[] IoFields() =>
    [
        new("disk_read_bytes", FieldKind.Bytes, (ulong)ProcessFields.Io, static process => FieldValue.Of(process.DiskReadBytes)),
        new("disk_write_bytes", FieldKind.Bytes, (ulong)ProcessFields.Io, static process => FieldValue.Of(process.DiskWriteBytes)),
        new("cancelled_write_bytes", FieldKind.Bytes, (ulong)ProcessFields.Io, static process => FieldValue.Of(process.CancelledWriteBytes)),
        new("read_bytes", FieldKind.Bytes, (ulong)ProcessFields.Io, static process => FieldValue.Of(process.ReadBytes)),
        new("write_bytes", FieldKind.Bytes, (ulong)ProcessFields.Io, static process => FieldValue.Of(process.WriteBytes)),
        new("other_bytes", FieldKind.Bytes, (ulong)ProcessFields.Io, static process => FieldValue.Of(process.OtherBytes)),
        new("read_operations", FieldKind.Count, (ulong)ProcessFields.Io, static process => FieldValue.Of(process.ReadOperations)),
        new("write_operations", FieldKind.Count, (ulong)ProcessFields.Io, static process => FieldValue.Of(process.WriteOperations)),
        new("other_operations", FieldKind.Count, (ulong)ProcessFields.Io, static process => FieldValue.Of(process.OtherOperations)),
        new("handles", FieldKind.Count, (ulong)ProcessFields.Handles, static process => FieldValue.Of(process.Handles), "fds"),
        new("voluntary_switches", FieldKind.Count, (ulong)ProcessFields.ContextSwitches, static process => FieldValue.Of(process.VoluntarySwitches)),
        new("involuntary_switches", FieldKind.Count, (ulong)ProcessFields.ContextSwitches, static process => FieldValue.Of(process.InvoluntarySwitches)),
        new("tracer", FieldKind.Number, (ulong)ProcessFields.Tracer, static process => FieldValue.Of(process.Tracer)),
        new("cycles", FieldKind.Count, (ulong)ProcessFields.Energy, static process => FieldValue.Of(process.Cycles)),
        new("instructions", FieldKind.Count, (ulong)ProcessFields.Energy, static process => FieldValue.Of(process.Instructions)),
        new("energy_nanojoules", FieldKind.Count, (ulong)ProcessFields.Energy, static process => FieldValue.Of(process.EnergyNanojoules)),
        new("wakeups", FieldKind.Count, (ulong)ProcessFields.Energy, static process => FieldValue.Of(process.Wakeups)),
    ];
}
