using System.ComponentModel;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>The words of the enums of a process; written out, because asking an enum for its own names costs milliseconds at the first time.</summary>
internal static class PsWords
{
    internal static string Of(ProcessState value) => value switch
    {
        ProcessState.Unknown => "unknown",
        ProcessState.Running => "running",
        ProcessState.Sleeping => "sleeping",
        ProcessState.DiskSleep => "disk_sleep",
        ProcessState.Idle => "idle",
        ProcessState.Stopped => "stopped",
        ProcessState.Traced => "traced",
        ProcessState.Zombie => "zombie",
        ProcessState.Dead => "dead",
        ProcessState.Starting => "starting",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(ProcessState)),
    };

    // The kernel's own numbers: a newer one may have more of them.
    internal static string Of(SchedulingPolicy value) => value switch
    {
        SchedulingPolicy.Other => "other",
        SchedulingPolicy.Fifo => "fifo",
        SchedulingPolicy.RoundRobin => "round_robin",
        SchedulingPolicy.Batch => "batch",
        SchedulingPolicy.Idle => "idle",
        SchedulingPolicy.Deadline => "deadline",
        SchedulingPolicy.Extensible => "extensible",
        _ => "unknown",
    };

    internal static string Of(ProcessImageState value) => value switch
    {
        ProcessImageState.Present => "present",
        ProcessImageState.Deleted => "deleted",
        ProcessImageState.Replaced => "replaced",
        ProcessImageState.Memory => "memory",
        ProcessImageState.Renamed => "renamed",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(ProcessImageState)),
    };

    internal static string Of(SeccompMode value) => value switch
    {
        SeccompMode.Disabled => "disabled",
        SeccompMode.Strict => "strict",
        SeccompMode.Filter => "filter",
        _ => "unknown",
    };

    internal static string Of(ProcessEngineKind value) => value switch
    {
        ProcessEngineKind.Automatic => "auto",
        ProcessEngineKind.Bpf => "bpf",
        ProcessEngineKind.Proc => "proc",
        ProcessEngineKind.SystemInformation => "system_information",
        ProcessEngineKind.ToolHelp => "tool_help",
        ProcessEngineKind.Sysctl => "sysctl",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(ProcessEngineKind)),
    };
}
