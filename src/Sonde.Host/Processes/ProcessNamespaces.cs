namespace Sonde.Host.Processes;

/// <summary>The namespaces of a Linux process, each by its inode number: two processes with the same number share it.</summary>
/// <param name="Cgroup">Control groups.</param>
/// <param name="Ipc">System V and POSIX messages.</param>
/// <param name="Mount">Mounts.</param>
/// <param name="Network">Network.</param>
/// <param name="Pid">Process ids.</param>
/// <param name="Time">Boot and monotonic clock.</param>
/// <param name="User">Users and capabilities.</param>
/// <param name="Uts">Host name.</param>
public sealed record ProcessNamespaces(
    Reading<uint> Cgroup,
    Reading<uint> Ipc,
    Reading<uint> Mount,
    Reading<uint> Network,
    Reading<uint> Pid,
    Reading<uint> Time,
    Reading<uint> User,
    Reading<uint> Uts);
