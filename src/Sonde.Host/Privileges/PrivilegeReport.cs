namespace Sonde.Host.Privileges;

/// <summary>What a process holds beyond an ordinary user's rights.</summary>
public sealed record PrivilegeReport
{
    /// <summary>The user the process acts as: a name where one is known, else the number or SID.</summary>
    public required string User { get; init; }

    /// <summary>The uid, or the SID of Windows.</summary>
    public required string UserId { get; init; }

    /// <summary>Whether the user is root, or a member of Administrators whose rights are active.</summary>
    public required bool IsAdministrator { get; init; }

    /// <summary>Whether the process runs elevated (User Account Control).</summary>
    public required Reading<bool> IsElevated { get; init; }

    /// <summary>The integrity level of Windows: "Medium", "High", "System".</summary>
    public required Reading<string> IntegrityLevel { get; init; }

    /// <summary>Whether the process can no longer gain rights by executing a program (no_new_privs of Linux).</summary>
    public required Reading<bool> NoNewPrivileges { get; init; }

    /// <summary>Capabilities of Linux or privileges of Windows that the process holds; unsupported where the system has none.</summary>
    public required Reading<IReadOnlyList<HeldRight>> Rights { get; init; }

    /// <summary>Devices that matter to Sonde, and whether this process may open them (BPF devices of macOS).</summary>
    public required Reading<IReadOnlyList<DeviceAccess>> Devices { get; init; }
}
