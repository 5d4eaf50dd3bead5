using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes;

// How the shared assembly fills a record.
public sealed partial class ProcessRecord
{
    private static readonly ProcessIdentity s_noIdentity = new();
    private static readonly ProcessDetails s_noDetails = new();
    private static readonly SampleReasons s_noReasons = new();

    /// <summary>The raw values, for the assembly and its tests.</summary>
    internal ref readonly ProcessSample Sample => ref _sample;

    /// <summary>Makes this the record of a process.</summary>
    internal void Set(ProcessKey key, string name, in ProcessSample sample, SampleReasons reasons, double cpuPercent)
    {
        Key = key;
        Name = name;
        _sample = sample;
        _reasons = reasons;
        _cpuPercent = cpuPercent;
        Parent = default;
        Identity = s_noIdentity;
        Details = s_noDetails;
    }

    internal void SetParent(Reading<ProcessKey> parent) => Parent = parent;

    internal void SetIdentity(ProcessIdentity identity) => Identity = identity;

    internal void SetDetails(ProcessDetails details) => Details = details;
}
