namespace Sonde.Host.Services;

/// <summary>All services as the manager told of them in one go.</summary>
/// <param name="Backend">Who told: "systemd", "launchd", "scm".</param>
/// <param name="Services">The services by name; those that do not run are among them.</param>
/// <param name="Gaps">What could not be seen.</param>
public sealed record ServiceSnapshot(string Backend, IReadOnlyList<ServiceRecord> Services, IReadOnlyList<Gap> Gaps);
