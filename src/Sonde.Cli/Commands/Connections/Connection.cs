using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Sockets;
using Sonde.Traffic.Names;

namespace Sonde.Cli.Commands.Connections;

/// <summary>A socket with what is known of the process that owns it, and its rates while it is watched.</summary>
/// <param name="Socket">The socket, on loan from its snapshot.</param>
/// <param name="Process">The first of its owners, on loan from its snapshot; null when it has none, or when nothing of the process was asked for.</param>
/// <param name="SendRate">Bytes a second that the peer acknowledged since the last reading.</param>
/// <param name="ReceiveRate">Bytes a second received since the last reading.</param>
internal sealed record Connection(SocketRecord Socket, ProcessRecord? Process, Reading<double> SendRate, Reading<double> ReceiveRate)
{
    private static readonly Reading<RemoteName> s_noName = Reading.NotCollected<RemoteName>("names are heard with --watch, and asked for with --resolve");
    private static readonly Reading<string> s_noServer = Reading.NotCollected<string>("names are heard with --watch");

    /// <summary>A name of the other end.</summary>
    internal Reading<RemoteName> RemoteName { get; init; } = s_noName;

    /// <summary>What the client asked for in its hello.</summary>
    internal Reading<string> ServerName { get; init; } = s_noServer;

    /// <summary>The first of its owners.</summary>
    internal Reading<SocketOwner> Owner => Socket.Owners.Select(static owners => owners[0]);

    /// <summary>Its name: the table's own, or that of the list of processes where tables know ids only.</summary>
    internal Reading<string> OwnerName =>
        !Socket.Owners.TryGetValue(out IReadOnlyList<SocketOwner>? owners) ? Owner.Select(static owner => owner.ToString())
        : owners[0].Name.HasValue || Process is null ? owners[0].Name
        : Process.Name;
}
