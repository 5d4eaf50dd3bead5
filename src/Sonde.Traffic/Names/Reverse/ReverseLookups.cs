using System.Collections;
using System.Net;
using System.Net.Sockets;
using Sonde.Host;
using Sonde.Host.Resolvers;
using Sonde.Packets;

namespace Sonde.Traffic.Names.Reverse;

/// <summary>Asks the host's own resolvers for names of addresses, on a thread of its own and within bounds; nobody waits for it.</summary>
internal sealed class ReverseLookups : IDisposable
{
    private const int MostTries = 2;
    private const int MostServers = 3;

    // Of questions that were sent: what comes from these ports is no traffic of others.
    private const int RememberedPorts = 4096;
    private const int MicrosecondsToWait = 20_000;

    private static readonly TimeSpan s_refresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);

    private readonly ReverseDnsOptions _options;
    private readonly TimeProvider _time;
    private readonly ReverseTable _table;
    private readonly HostsFile? _hosts;
    private readonly List<ReverseQuery> _open = [];
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _erring = [];
    private readonly byte[] _buffer = new byte[4096];
    private readonly AutoResetEvent _wanted = new(initialState: false);
    private readonly Lock _ownLock = new();
    private readonly HashSet<FlowKey> _own = [];
    private readonly Queue<FlowKey> _ownOrder = new();
    private readonly Thread _thread;
    private IPEndPoint[] _servers = [];
    private Gap? _gap;
    private long _refreshed;
    private double _allowed;
    private long _allowedAt;
    private long _asked;
    private long _timedOut;
    private long _rejected;
    private volatile bool _isEnding;

    private ReverseLookups(ReverseDnsOptions options, TimeProvider time, HostsFile? hosts)
    {
        _options = options;
        _time = time;
        _table = new ReverseTable(options, time);
        _hosts = hosts;
        _hosts?.Refresh();
        _allowed = options.MaxInFlight;
        _allowedAt = time.GetTimestamp();
        _thread = new Thread(Run) { IsBackground = true, Name = "sonde-reverse-dns" };
    }

    /// <summary>Why nothing can be asked; null when it can.</summary>
    internal Gap? Gap => Volatile.Read(ref _gap);

    internal FillLevel FillLevel => _table.FillLevel;

    internal ReverseDnsStatistics Statistics => _table.Statistics with
    {
        Asked = Interlocked.Read(ref _asked),
        TimedOut = Interlocked.Read(ref _timedOut),
        Rejected = Interlocked.Read(ref _rejected),
    };

    /// <summary>Begins, and asks nothing yet.</summary>
    internal static ReverseLookups Start(ReverseDnsOptions options, TimeProvider time)
    {
        if (options is not { MaxWaiting: > 0, MaxInFlight: > 0, MaxPerSecond: > 0, MaxAddresses: > 0 } || options.Timeout <= TimeSpan.Zero)
        {
            throw new ArgumentException("Tables have room for one entry at least, and an answer takes some time.", nameof(options));
        }

        var lookups = new ReverseLookups(options, time, options.ReadHosts ? HostsFile.Create() : null);
        lookups._thread.Start();
        return lookups;
    }

    /// <summary>Whether resolvers can know a name of an address: those of one link, of groups and of this host itself have none there.</summary>
    internal static bool MayHaveName(InternetAddress address) => AddressKinds.Of(address) is AddressKind.Global or AddressKind.Private or AddressKind.Shared;

    /// <summary>The name of an address, as far as it is known by now.</summary>
    internal bool TryFind(InternetAddress address, out RemoteName name)
    {
        if (!MayHaveName(address))
        {
            name = default;
            return false;
        }

        if (_hosts?.Find(address) is { } listed)
        {
            name = new RemoteName(listed, NameSource.Hosts);
            return true;
        }

        bool isKnown = _table.TryFind(address, out string told);
        name = isKnown ? new RemoteName(told, NameSource.Reverse) : default;
        return isKnown;
    }

    /// <summary>Has an address asked about where that makes sense; never waits.</summary>
    internal void Want(InternetAddress address)
    {
        if (MayHaveName(address) && _hosts?.Find(address) is null && _table.Want(address))
        {
            _wanted.Set();
        }
    }

    /// <summary>Whether a flow is one of the questions themselves; where the server is on this host, its end of one is too.</summary>
    internal bool IsOwn(in FlowKey flow)
    {
        lock (_ownLock)
        {
            return _own.Contains(flow) || _own.Contains(flow.Reverse());
        }
    }

    /// <summary>Waits until every address that is wanted has its name or none.</summary>
    internal bool Await(TimeSpan patience) => _table.Await(patience);

    public void Dispose()
    {
        if (_isEnding)
        {
            return;
        }

        _isEnding = true;
        _wanted.Set();
        _thread.Join();
        _wanted.Dispose();
    }

    private void Run()
    {
        while (!_isEnding)
        {
            bool isIdle = !AskNext() && _open.Count == 0;
            if (isIdle)
            {
                _wanted.WaitOne(s_refresh);
                _hosts?.Refresh();
                continue;
            }

            Receive();
            Expire();
        }

        _open.ForEach(static one => one.Dispose());
    }

    // As many as may be sent now. False when none waits.
    private bool AskNext()
    {
        while (_open.Count < _options.MaxInFlight)
        {
            if (!IsAllowed())
            {
                return true;
            }

            if (!_table.TryTake(out InternetAddress address))
            {
                return false;
            }

            FindServers();
            Ask(new ReverseQuery(address));
        }

        return true;
    }

    private bool IsAllowed()
    {
        _allowed = Math.Min(_options.MaxInFlight, _allowed + (_time.GetElapsedTime(_allowedAt).TotalSeconds * _options.MaxPerSecond));
        _allowedAt = _time.GetTimestamp();
        return _allowed >= 1;
    }

    // Resolvers change as networks come and go.
    private void FindServers()
    {
        if (_options.Servers is { } given)
        {
            _servers = [.. given];
            return;
        }

        if (_refreshed != 0 && _time.GetElapsedTime(_refreshed) < (_servers.Length > 0 ? s_refresh : s_retry))
        {
            return;
        }

        _refreshed = _time.GetTimestamp();
        IEnumerable<ResolverServer> configured = NameResolvers.Create().Collect().Servers.Where(static one => one.OnlyForDomains.Count == 0);

        // A forwarder of this host knows which server is for what.
        _servers = [.. configured.OrderByDescending(static one => one.IsLocalStub).Select(static one => new IPEndPoint(one.Address, one.Port)).Distinct().Take(MostServers)];
        Volatile.Write(ref _gap, _servers.Length > 0 ? null : new Gap("names of addresses", ReadingStatus.None, "no name server is configured"));
    }

    // The next server that takes the question.
    private void Ask(ReverseQuery query)
    {
        while (_servers.Length > 0 && query.Tries < Math.Max(MostTries, _servers.Length))
        {
            if (query.TrySend(_servers[query.Tries % _servers.Length], _time.GetTimestamp(), out FlowKey flow))
            {
                Interlocked.Increment(ref _asked);
                _allowed--;
                Remember(flow);
                _open.Add(query);
                return;
            }
        }

        query.Dispose();
        _table.Settle(query.Address, ReverseOutcome.Failed);
    }

    private void Remember(in FlowKey flow)
    {
        lock (_ownLock)
        {
            if (_own.Add(flow))
            {
                _ownOrder.Enqueue(flow);
                if (_ownOrder.Count > RememberedPorts)
                {
                    _own.Remove(_ownOrder.Dequeue());
                }
            }
        }
    }

    private void Receive()
    {
        _readable.Clear();
        foreach (ReverseQuery one in _open)
        {
            _readable.Add(one.Socket);
        }

        if (_readable.Count == 0)
        {
            _wanted.WaitOne(MicrosecondsToWait / 1000); // the rate allows none now
            return;
        }

        // That nobody listens there is an error, and not something to read.
        _erring.Clear();
        _erring.AddRange(_readable);
        Socket.Select((IList)_readable, null, (IList)_erring, MicrosecondsToWait);
        _readable.AddRange(_erring.Except(_readable));
        foreach (Socket socket in _readable)
        {
            ReverseQuery query = _open.Find(one => one.Socket == socket)!; // all of them came from there
            ReverseOutcome outcome = query.Receive(_buffer, out string name, out int timeToLive, out bool isRefused);
            if (outcome == ReverseOutcome.Rejected && !isRefused)
            {
                Interlocked.Increment(ref _rejected);
                continue;
            }

            _open.Remove(query);
            if (outcome is ReverseOutcome.Named or ReverseOutcome.NoName)
            {
                query.Dispose();
                _table.Settle(query.Address, outcome, name, timeToLive);
            }
            else
            {
                Ask(query);
            }
        }
    }

    private void Expire()
    {
        for (int at = _open.Count - 1; at >= 0; at--)
        {
            ReverseQuery query = _open[at];
            if (_time.GetElapsedTime(query.SentAt) > _options.Timeout)
            {
                Interlocked.Increment(ref _timedOut);
                _open.RemoveAt(at);
                Ask(query);
            }
        }
    }
}
