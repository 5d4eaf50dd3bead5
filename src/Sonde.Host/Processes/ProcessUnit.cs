namespace Sonde.Host.Processes;

/// <summary>The unit of the service manager that a process belongs to.</summary>
/// <param name="Name">The unit of the system: "nginx.service", "session-3.scope", "user@1000.service"; a launchd label on macOS.</param>
/// <param name="UserUnit">The unit of the user's own manager, below that of the system.</param>
/// <param name="Slice">The slice: "system.slice".</param>
public sealed record ProcessUnit(Reading<string> Name, Reading<string> UserUnit, Reading<string> Slice);
