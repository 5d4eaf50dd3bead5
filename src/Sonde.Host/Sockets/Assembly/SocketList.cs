namespace Sonde.Host.Sockets.Assembly;

/// <summary>One of the lists in which a system tells its sockets.</summary>
internal readonly record struct SocketList(SocketKind Kind, string Name, bool IsIPv6 = false);
