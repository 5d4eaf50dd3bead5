using Sonde.Host;
using Sonde.Host.Sockets;
using Sonde.Packets;
using Sonde.Traffic.Names;

namespace Sonde.Cli.Commands.Connections;

/// <summary>Finds names of other ends for a list of connections.</summary>
internal sealed class ConnectionNames : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly Reading<RemoteName> s_none = Reading.None<RemoteName>("none was told");
    private static readonly Reading<string> s_noServer = Reading.None<string>("no hello was heard");

    private readonly RemoteNames _names;
    private readonly NameOptions _options;
    private readonly bool _isWatching;

    private ConnectionNames(RemoteNames names, ConnectionOptions options)
    {
        _names = names;
        _options = options.Names;
        _isWatching = options.Watch.IsOn;
    }

    /// <summary>What could not be heard, and why.</summary>
    internal IReadOnlyList<Gap> Gaps => _names.Gaps;

    /// <summary>What became of questions; null when nothing is asked.</summary>
    internal ReverseDnsStatistics? ReverseDns => _names.ReverseDns;

    /// <summary>Begins, where names are asked for or can be heard; null where not.</summary>
    internal static ConnectionNames? Start(CommandContext context, ConnectionOptions options)
    {
        bool isNeeded = (options.Needs & ConnectionNeeds.Names) != ConnectionNeeds.None;
        return !isNeeded || options.Names.IsOff || !(options.Watch.IsOn || options.Names.IsAsking)
            ? null
            : new ConnectionNames(
                RemoteNames.Start(new RemoteNamesOptions
                {
                    Hear = options.Watch.IsOn,
                    ReverseDns = options.Names.IsAsking ? new ReverseDnsOptions() : null,
                    Time = context.Time,
                }),
                options);
    }

    /// <summary>Gives each connection the names that are known. A single listing waits for answers a moment, one that comes again does not.</summary>
    internal void Fill(List<Connection> connections)
    {
        if (_options.IsAsking)
        {
            foreach (Connection one in connections.Where(IsOfOthers))
            {
                _names.Want(KeyOf(one.Socket));
            }

            if (!_isWatching)
            {
                _names.AwaitAnswers(s_patience);
            }
        }

        for (int at = 0; at < connections.Count; at++)
        {
            if (connections[at].Socket.HasPeer)
            {
                connections[at] = Named(connections[at]);
            }
        }
    }

    public void Dispose() => _names.Dispose();

    private static FlowKey KeyOf(SocketRecord socket) => new(socket.Protocol, socket.Local, socket.Remote);

    // What this process itself talks to is not worth a question.
    private static bool IsOfOthers(Connection one) =>
        one.Socket.HasPeer && !(one.Socket.Owners.TryGetValue(out IReadOnlyList<SocketOwner>? owners) && owners[0].Pid == Environment.ProcessId);

    private Connection Named(Connection one)
    {
        FlowKey key = KeyOf(one.Socket);
        return one with
        {
            RemoteName = _names.TryFind(key, out RemoteName name) ? name : s_none,
            ServerName = _names.TryFindServer(key, out string server) ? server : s_noServer,
        };
    }
}
