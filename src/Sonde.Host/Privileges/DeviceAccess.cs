namespace Sonde.Host.Privileges;

/// <summary>Whether this process may open a device.</summary>
/// <param name="Device">The device: "/dev/bpf0".</param>
/// <param name="Status">Ok, denied, none (there is no such device) or failed.</param>
/// <param name="Reason">The system's words when it may not.</param>
public sealed record DeviceAccess(string Device, ReadingStatus Status, string? Reason);
