using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host.Sockets;

namespace Sonde.Cli.Commands.Connections;

/// <summary>What `sonde connections` was asked for, understood and complete.</summary>
/// <param name="Format">How to print.</param>
/// <param name="Fields">Which fields, in order.</param>
/// <param name="Filter">Which connections; null for all.</param>
/// <param name="Sort">By which field; null for the order of the system.</param>
/// <param name="IsDescending">Whether the largest comes first.</param>
/// <param name="IsListening">Whether sockets that wait for others are shown instead of connections.</param>
/// <param name="IsAll">Whether both are shown.</param>
/// <param name="OtherNamespaces">Whether other network namespaces are read too.</param>
/// <param name="Names">Where names of other ends come from.</param>
/// <param name="Watch">How to watch.</param>
internal sealed record ConnectionOptions(
    OutputFormat Format,
    IReadOnlyList<RecordField<Connection>> Fields,
    RecordFilter<Connection>? Filter,
    RecordField<Connection>? Sort,
    bool IsDescending,
    bool IsListening,
    bool IsAll,
    bool OtherNamespaces,
    NameOptions Names,
    WatchOptions Watch)
{
    /// <summary>What has to be read for all that.</summary>
    internal ConnectionNeeds Needs
    {
        get
        {
            ulong needs = Sort?.Needs ?? 0;
            foreach (RecordField<Connection> used in Fields.Concat(Filter?.Fields ?? []))
            {
                needs |= used.Needs;
            }

            return (ConnectionNeeds)needs;
        }
    }

    /// <summary>Whether a socket is of the sort that was asked for; a filter sees only those.</summary>
    internal bool IsWanted(SocketRecord socket) =>
        IsAll || (IsListening ? IsWaiting(socket) : !IsWaiting(socket) && socket.State is not (SocketState.Closed or SocketState.Bound));

    /// <summary>Puts the connections that were asked for in order.</summary>
    internal List<Connection> Choose(IEnumerable<Connection> connections)
    {
        List<Connection> chosen = [.. connections.Where(one => Filter is null || Filter.Fits(one))];
        if (Sort is not null)
        {
            RecordOrder.Sort(chosen, Sort, IsDescending);
        }

        return chosen;
    }

    private static bool IsWaiting(SocketRecord socket) => socket.State is SocketState.Listen or SocketState.Unconnected;
}
