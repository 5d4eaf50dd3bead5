using Sonde.Host;
using Sonde.Host.Sockets;

namespace Sonde.Traffic.Attribution;

/// <summary>The system's table of sockets as it was at the last look; shared by all who need it.</summary>
internal sealed class SocketWatch : IDisposable
{
    private readonly SocketTable _table;
    private SocketSnapshot? _snapshot;
    private bool _wantsOwners;

    private SocketWatch(TrafficOptions options, bool otherNamespaces, Func<SocketTableOptions, SocketTable> open) =>
        _table = open(new SocketTableOptions { OtherNamespaces = otherNamespaces, SelectOwners = _ => _wantsOwners, Time = options.Time });

    /// <summary>The last reading; null before the first, and after one that failed.</summary>
    internal SocketSnapshot? Snapshot => _snapshot;

    /// <summary>How the table is read.</summary>
    internal string Backend => _table.Backend;

    /// <summary>Opens the table.</summary>
    /// <param name="options">For the clock.</param>
    /// <param name="otherNamespaces">Whether other network namespaces are read too.</param>
    /// <exception cref="HostException">The system has none for us.</exception>
    internal static SocketWatch Open(TrafficOptions options, bool otherNamespaces = true) => new(options, otherNamespaces, SocketTable.Open);

    /// <summary>The same over a given table.</summary>
    internal static SocketWatch Over(TrafficOptions options, Func<SocketTableOptions, SocketTable> open) => new(options, otherNamespaces: true, open);

    /// <summary>Reads the table now.</summary>
    /// <param name="withOwners">Whether to look for the processes of the sockets too, which means to look at all descriptors of all processes.</param>
    /// <exception cref="HostException">The system refused.</exception>
    internal SocketSnapshot Read(bool withOwners)
    {
        _wantsOwners = withOwners;
        SocketSnapshot? old = _snapshot;
        _snapshot = null;
        old?.Dispose();
        return _snapshot = _table.Read();
    }

    /// <summary>The socket of a flow: by its number where that is known, else by its endpoints.</summary>
    internal SocketRecord? Find(Packets.FlowKey flow, ulong cookie, out SocketMatch match)
    {
        match = SocketMatch.None;
        if (_snapshot is null)
        {
            return null;
        }

        if (cookie == 0)
        {
            return _snapshot.Find(flow, out match);
        }

        SocketRecord? found = _snapshot.FindCookie(cookie);
        match = found is null ? SocketMatch.None : SocketMatch.Exact;
        return found;
    }

    public void Dispose()
    {
        _snapshot?.Dispose();
        _snapshot = null;
        _table.Dispose();
    }
}
