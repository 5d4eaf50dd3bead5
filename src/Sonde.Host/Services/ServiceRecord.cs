namespace Sonde.Host.Services;

/// <summary>One thing that the service manager looks after, and what it says about it.</summary>
public sealed record ServiceRecord
{
    /// <summary>The name by which the system is asked about it: "ssh.service", "com.apple.mDNSResponder", "Dnscache".</summary>
    public required string Name { get; init; }

    /// <summary>The name for people, where the system has one beside <see cref="Name"/>: "DNS Client".</summary>
    public Reading<string> DisplayName { get; init; }

    /// <summary>What it is for, in the words of who made it.</summary>
    public Reading<string> Description { get; init; }

    /// <summary>What kind of thing it is.</summary>
    public ServiceKind Kind { get; init; }

    /// <summary>The system's word for the kind: "service", "LaunchDaemon", "share process".</summary>
    public required string KindName { get; init; }

    /// <summary>What it does now.</summary>
    public Reading<ServiceState> State { get; init; }

    /// <summary>The system's own words for the state, as detailed as it has them: "running", "exited", "auto-restart", "STOP_PENDING".</summary>
    public Reading<string> StateName { get; init; }

    /// <summary>Whether its definition could be read: "loaded", "not-found", "bad-setting", "masked".</summary>
    public Reading<string> LoadState { get; init; }

    /// <summary>What makes it start.</summary>
    public Reading<ServiceStart> Start { get; init; }

    /// <summary>The system's own word for that: "enabled", "static", "AUTO_START".</summary>
    public Reading<string> StartName { get; init; }

    /// <summary>Its main process, in which other services may live too.</summary>
    public Reading<int> ProcessId { get; init; }

    /// <summary>The name of that process.</summary>
    public Reading<string> ProcessName { get; init; }

    /// <summary>The file that defines it: a unit, a property list; for Windows the registry key.</summary>
    public Reading<string> Path { get; init; }

    /// <summary>What is run, with secrets masked unless they were asked for.</summary>
    public Reading<string> Command { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public Reading<DateTimeOffset> Since { get; init; }

    /// <summary>What its last run ended with; on Windows a Win32 error, or the service's own number.</summary>
    public Reading<int> ExitCode { get; init; }

    /// <summary>The signal that ended its last run.</summary>
    public Reading<int> ExitSignal { get; init; }

    /// <summary>How its last run ended, in the system's words: "success", "exit-code", "timeout".</summary>
    public Reading<string> Result { get; init; }

    /// <summary>Whom it runs as.</summary>
    public Reading<string> User { get; init; }

    /// <summary>How often it was started again because it had ended.</summary>
    public Reading<long> Restarts { get; init; }

    /// <summary>The name, as logs show it.</summary>
    public override string ToString() => Name;
}
