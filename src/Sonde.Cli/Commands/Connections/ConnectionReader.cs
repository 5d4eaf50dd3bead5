using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Sockets;

namespace Sonde.Cli.Commands.Connections;

/// <summary>Reads sockets, the processes that own them, and rates from reading to reading.</summary>
internal sealed class ConnectionReader : IDisposable
{
    private readonly CommandContext _context;
    private readonly ConnectionOptions _options;
    private readonly SocketTable _table;
    private readonly ConnectionNames? _names;
    private ProcessCollector? _collector;
    private bool _isCollectorTried;
    private readonly HashSet<int> _owners = [];
    private Dictionary<ulong, (ulong Sent, ulong Received)> _before = [];
    private Dictionary<ulong, (ulong Sent, ulong Received)> _now = [];
    private long _readBefore;

    internal ConnectionReader(CommandContext context, ConnectionOptions options)
    {
        _context = context;
        _options = options;
        ConnectionNeeds needs = options.Needs;
        _table = SocketTable.Open(new SocketTableOptions
        {
            Statistics = (needs & ConnectionNeeds.Statistics) != ConnectionNeeds.None,
            Owners = (needs & ConnectionNeeds.Owners) != ConnectionNeeds.None,
            OtherNamespaces = options.OtherNamespaces,
            SelectOwners = options.IsWanted,
            Time = context.Time,
        });
        _names = ConnectionNames.Start(context, options);
    }

    /// <summary>What became of questions for names, and what could not be heard; null when no names are looked for.</summary>
    internal ConnectionNames? Names => _names;

    /// <summary>Reads once and hands over what was asked for; the records are on loan until it returns.</summary>
    internal void Read(Action<SocketSnapshot, List<Connection>> print)
    {
        using SocketSnapshot snapshot = _table.Read();
        using ProcessSnapshot? processes = ReadProcesses(snapshot);
        double seconds = _readBefore == 0 ? 0 : _context.Time.GetElapsedTime(_readBefore, snapshot.Timestamp).TotalSeconds;
        var connections = new List<Connection>();
        foreach (SocketRecord socket in snapshot.AsSpan())
        {
            if (_options.IsWanted(socket))
            {
                (Reading<double> sent, Reading<double> received) = RatesOf(socket, seconds);
                connections.Add(new Connection(socket, ProcessOf(socket, processes), sent, received));
            }
        }

        _names?.Fill(connections);

        (_before, _now) = (_now, _before);
        _now.Clear();
        _readBefore = snapshot.Timestamp;
        print(snapshot, _options.Choose(connections));
    }

    public void Dispose()
    {
        _names?.Dispose();
        _collector?.Dispose();
        _table.Dispose();
    }

    private static ProcessRecord? ProcessOf(SocketRecord socket, ProcessSnapshot? processes) =>
        processes is not null && socket.Owners.TryGetValue(out IReadOnlyList<SocketOwner>? owners)
            ? owners[0].Key.TryGetValue(out ProcessKey key) ? processes.Find(key) : processes.Find(owners[0].Pid)
            : null;

    // Where processes cannot be listed, their names are still those that the table has.
    private ProcessCollector? OpenCollector()
    {
        try
        {
            return ProcessCollector.Create(new ProcessCollectorOptions
            {
                Fields = ProcessFields.Core | ProcessFields.Containment | ProcessFields.Arguments,
                Select = process => _owners.Contains(process.Pid),
                Time = _context.Time,
            });
        }
        catch (HostException refused)
        {
            _context.Note($"containers, units and command lines are not shown: {refused.Message}");
            return null;
        }
    }

    private ProcessSnapshot? ReadProcesses(SocketSnapshot snapshot)
    {
        _owners.Clear();
        bool isNeeded = (_options.Needs & ConnectionNeeds.Processes) == ConnectionNeeds.Processes;
        foreach (SocketRecord socket in snapshot.AsSpan())
        {
            if (socket.Owners.TryGetValue(out IReadOnlyList<SocketOwner>? owners))
            {
                _owners.Add(owners[0].Pid);
                isNeeded |= !owners[0].Name.HasValue;
            }
        }

        if (isNeeded && !_isCollectorTried)
        {
            _isCollectorTried = true;
            _collector = OpenCollector();
        }

        return isNeeded ? _collector?.Collect() : null;
    }

    private (Reading<double> Sent, Reading<double> Received) RatesOf(SocketRecord socket, double seconds)
    {
        Reading<double> none = Reading.NotCollected<double>("a rate needs two readings of the same connection");
        if (!socket.Tcp.TryGetValue(out TcpStatistics? tcp))
        {
            none = socket.Kind == SocketKind.Tcp ? none : Reading.Unsupported<double>("the system counts bytes of TCP only");
            return (none, none);
        }

        if (!socket.Cookie.TryGetValue(out ulong cookie) || !tcp.BytesAcknowledged.TryGetValue(out ulong sent) || !tcp.BytesReceived.TryGetValue(out ulong received))
        {
            return (none, none);
        }

        _now[cookie] = (sent, received);
        return seconds > 0 && _before.TryGetValue(cookie, out (ulong Sent, ulong Received) before) && sent >= before.Sent && received >= before.Received
            ? ((sent - before.Sent) / seconds, (received - before.Received) / seconds)
            : (none, none);
    }
}
