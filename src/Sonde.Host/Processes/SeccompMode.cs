namespace Sonde.Host.Processes;

/// <summary>How Linux restricts the system calls of a process.</summary>
public enum SeccompMode
{
    /// <summary>Not at all.</summary>
    Disabled = 0,

    /// <summary>To read, write, exit and sigreturn.</summary>
    Strict = 1,

    /// <summary>By filter programs.</summary>
    Filter = 2,
}
