namespace Sonde.Host.Processes;

/// <summary>By which rule Linux gives a process its processor time; the numbers are those of sched(7).</summary>
public enum SchedulingPolicy
{
    /// <summary>The usual time sharing.</summary>
    Other = 0,

    /// <summary>Real time, first in first out.</summary>
    Fifo = 1,

    /// <summary>Real time, in turns.</summary>
    RoundRobin = 2,

    /// <summary>Long computations without a user.</summary>
    Batch = 3,

    /// <summary>Only when nothing else wants to run.</summary>
    Idle = 5,

    /// <summary>By deadlines.</summary>
    Deadline = 6,

    /// <summary>By a scheduler loaded as a BPF program (sched_ext).</summary>
    Extensible = 7,
}
