namespace Sonde.Host.Processes;

/// <summary>What a process is doing.</summary>
public enum ProcessState
{
    /// <summary>A state that this version of Sonde does not know.</summary>
    Unknown = 0,

    /// <summary>On a processor, or waiting for one.</summary>
    Running,

    /// <summary>Waiting for something, and a signal would wake it.</summary>
    Sleeping,

    /// <summary>Waiting for a device; no signal wakes it.</summary>
    DiskSleep,

    /// <summary>A kernel thread with nothing to do.</summary>
    Idle,

    /// <summary>Stopped by a signal, suspended or frozen.</summary>
    Stopped,

    /// <summary>Stopped by its debugger.</summary>
    Traced,

    /// <summary>It has ended, and its parent has not asked how.</summary>
    Zombie,

    /// <summary>It is being taken apart.</summary>
    Dead,

    /// <summary>It is being created.</summary>
    Starting,
}
