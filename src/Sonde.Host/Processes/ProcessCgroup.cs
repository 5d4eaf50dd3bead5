namespace Sonde.Host.Processes;

/// <summary>The control group of a Linux process.</summary>
/// <param name="Path">Its path in the hierarchy that says most: the unified one, or on older hosts the one of systemd.</param>
/// <param name="IsRelative">Whether the path begins outside of what this process can see (another cgroup namespace).</param>
public sealed record ProcessCgroup(string Path, bool IsRelative);
