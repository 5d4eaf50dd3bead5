namespace Sonde.Host.Privileges;

/// <summary>A right that a process holds.</summary>
/// <param name="Name">The system's name: CAP_NET_RAW, SeDebugPrivilege.</param>
/// <param name="Enabled">Whether it counts now (effective, enabled); when not, the process may still switch it on.</param>
public sealed record HeldRight(string Name, bool Enabled);
