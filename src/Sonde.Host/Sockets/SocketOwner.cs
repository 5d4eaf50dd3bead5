using Sonde.Host.Processes;

namespace Sonde.Host.Sockets;

/// <summary>A process that has a socket open; several may share one.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="Name">Its name as the system keeps it, taken when the socket was first seen: a process that ended keeps it.</param>
/// <param name="Key">Which life of that id it is.</param>
/// <param name="Descriptor">The lowest of its descriptors for the socket.</param>
public sealed record SocketOwner(int Pid, Reading<string> Name, Reading<ProcessKey> Key, Reading<int> Descriptor)
{
    /// <summary>"nginx (1234)".</summary>
    public override string ToString() => $"{Name.GetValueOrDefault("?")} ({Pid})";
}
