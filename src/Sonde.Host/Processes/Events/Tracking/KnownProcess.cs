namespace Sonde.Host.Processes.Events.Tracking;

/// <summary>What is remembered of a process from its start to its end.</summary>
internal sealed class KnownProcess(int pid)
{
    internal int Pid { get; } = pid;

    internal Reading<ProcessKey> Key { get; set; } = Reading.Gone<ProcessKey>("it ended before its start could be read");

    internal bool IsKeyEstimated { get; set; }

    internal Reading<string> Name { get; set; } = Reading.Gone<string>("it ended before its name could be read");

    internal Reading<int> ParentPid { get; set; } = Reading.Gone<int>("it ended before its parent could be read");

    internal Reading<ProcessKey> Parent { get; set; } = Reading.Gone<ProcessKey>("it ended before its parent could be read");

    internal ProcessIdentity Identity { get; set; } = ProcessIdentity.Gone;

    internal ulong ImageStamp { get; set; }

    /// <summary>When it started, on the monotonic clock.</summary>
    internal TimeSpan? StartedAt { get; set; }

    /// <summary>When this was learned last, on the monotonic clock: a reading of the table that began before knows less.</summary>
    internal TimeSpan ChangedAt { get; set; }

    /// <summary>Whether the table shows it to us: what hides there cannot be missed there.</summary>
    internal bool IsVisible { get; set; }
}
