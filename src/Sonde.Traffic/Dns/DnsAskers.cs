using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Packets;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources;
using Sonde.Traffic.Sources.Wire;

namespace Sonde.Traffic.Dns;

/// <summary>Finds the processes that ask: by what the kernel saw of their sockets where it tells, else by the table of sockets while the question is open.</summary>
internal sealed class DnsAskers : ITrafficSink, IDisposable
{
    private const int Capacity = 8192;

    // A table of sockets with owners costs milliseconds: at most this share of the time goes into it.
    private const int Share = 5;
    private const int MostAttempts = 4;

    // From the same endpoint another process may ask later.
    private static readonly TimeSpan s_trust = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_ownAddresses = TimeSpan.FromSeconds(5);

    // To look into the processes of others.
    private static readonly string[] s_rightsToLook = ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"];

    private readonly Lock _lock = new();
    private readonly Dictionary<FlowKey, DnsAsker> _all = [];
    private readonly Queue<DnsAsker> _order = new();
    private readonly List<DnsAsker> _wanted = [];
    private readonly TrafficSource? _kernel;
    private readonly SocketWatch? _sockets;
    private readonly SocketOwners? _tableOwners;
    private readonly Func<int, bool> _isPort;
    private readonly TimeProvider _time;
    private HostView? _host;
    private long _hostRead;
    private long _tableRead;
    private TimeSpan _tablePause;

    internal DnsAskers(TrafficSource? kernel, SocketWatch? sockets, Func<int, bool> isPort, TimeProvider time)
    {
        _kernel = kernel;
        _sockets = sockets;
        _tableOwners = sockets is null ? null : new SocketOwners(sockets);
        _isPort = isPort;
        _time = time;
    }

    /// <summary>How they are found.</summary>
    internal string Way => _kernel is not null ? "kernel" : _sockets is not null ? $"table of sockets ({_sockets.Backend})" : "none";

    internal IReadOnlyList<string> RightsInUse => _kernel?.RightsInUse ?? s_rightsToLook;

    /// <summary>Opens whatever this system and this process's rights allow.</summary>
    internal static DnsAskers Open(DnsOptions dns, TimeProvider time)
    {
        var options = new TrafficOptions { Time = time };
        SocketWatch? sockets = TrafficLadder.OpenSockets(options);
        TrafficRung? kernel = TrafficLadder.Create().Rungs.FirstOrDefault(static rung => rung.Backend == TrafficBackend.Bpf);
        return new DnsAskers(kernel?.TryOpen(options, sockets, out _), sockets, dns.IsPort, time);
    }

    /// <summary>A question was asked: whose socket that is must be found while it lives.</summary>
    internal void Want(in FlowKey flow)
    {
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            if (_all.TryGetValue(flow, out DnsAsker? known))
            {
                bool isOld = _time.GetElapsedTime(known.LastSeen, now) > s_trust;
                known.LastSeen = now;
                if (isOld)
                {
                    known.IsFound = false;
                    known.Attempts = 0;
                    known.Reason = UnownedReason.Pending;
                    _wanted.Add(known);
                }

                return;
            }

            _wanted.Add(Add(flow, now));
        }
    }

    /// <summary>Looks for those that are wanted, with all means.</summary>
    /// <exception cref="HostException">The system refused to tell.</exception>
    internal void Look()
    {
        _kernel?.Drain(this);
        List<DnsAsker> wanted;
        lock (_lock)
        {
            _wanted.RemoveAll(static one => one.IsFound);
            wanted = [.. _wanted];
        }

        if (wanted.Count == 0)
        {
            return;
        }

        RefreshTable();
        foreach (DnsAsker asker in wanted)
        {
            Look(asker);
        }

        lock (_lock)
        {
            _wanted.RemoveAll(static one => one.IsFound || one.Attempts >= MostAttempts);
        }
    }

    /// <summary>The exchange with its process; or, when that may still be found, without it.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="isFinal">Whether nothing more will be known.</param>
    internal DnsExchange Attribute(DnsExchange exchange, out bool isFinal)
    {
        lock (_lock)
        {
            if (!_all.TryGetValue(FlowOf(exchange), out DnsAsker? asker))
            {
                isFinal = true;
                return exchange with { UnownedReason = ReasonOf(exchange.Client) };
            }

            isFinal = asker.IsFound || asker.Attempts >= MostAttempts;
            return asker.IsFound
                ? exchange with { ProcessId = asker.Clue.Pid, ProcessName = asker.Clue.Name, Confidence = asker.Clue.Confidence, UnownedReason = UnownedReason.None }
                : exchange with { UnownedReason = asker.Reason == UnownedReason.Pending ? ReasonOf(exchange.Client) : asker.Reason };
        }
    }

    void ITrafficSink.Count(in FlowCount count)
    {
        lock (_lock)
        {
            // The kernel may tell of the socket before the packet is handed over: so it is noted whether or not somebody asks for it yet.
            DnsAsker? asker = _all.GetValueOrDefault(count.Flow.Key);
            if ((asker is null && !_isPort(count.Flow.Key.Remote.Port))
                || _kernel?.Owners is not { } owners
                || !owners.TryFind(count.Flow, count.SocketCookie, out OwnerClue clue))
            {
                return;
            }

            long now = _time.GetTimestamp();
            asker ??= Add(count.Flow.Key, now);
            asker.LastSeen = now;
            asker.Clue = clue;
            asker.IsFound = true;
        }
    }

    void ITrafficSink.CountOverflow(in TrafficCounters counters)
    {
        // Of no flow: nobody can be found by it.
    }

    public void Dispose()
    {
        _kernel?.Dispose();
        _sockets?.Dispose();
    }

    private static FlowKey FlowOf(DnsExchange exchange) => new(exchange.Transport, exchange.Client, exchange.Resolver);

    private DnsAsker Add(in FlowKey flow, long now)
    {
        while (_all.Count >= Capacity && _order.TryDequeue(out DnsAsker? oldest))
        {
            _all.Remove(oldest.Flow);
        }

        var asker = new DnsAsker(flow) { LastSeen = now };
        _all.Add(flow, asker);
        _order.Enqueue(asker);
        return asker;
    }

    private void Look(DnsAsker asker)
    {
        asker.Attempts++;
        if (_tableOwners is null)
        {
            return;
        }

        var flow = new FlowIdentity(asker.Flow, 0);
        if (_tableOwners.TryFind(flow, 0, out OwnerClue clue))
        {
            asker.Clue = clue;
            asker.IsFound = true;
        }
        else if (_tableOwners.Explain(flow, 0) is var reason && reason != UnownedReason.None)
        {
            asker.Reason = reason;
        }
    }

    private void RefreshTable()
    {
        if (_sockets is null || _time.GetElapsedTime(_tableRead) < _tablePause)
        {
            return;
        }

        long started = _time.GetTimestamp();
        _sockets.Read(withOwners: true);
        _tableRead = _time.GetTimestamp();
        _tablePause = _time.GetElapsedTime(started, _tableRead) * Share;
    }

    // Multicast is heard from every host of the link, and a resolver hears all who ask it.
    private UnownedReason ReasonOf(FlowEndpoint client)
    {
        if (_host is null || (!_host.IsOwn(client.Address) && _time.GetElapsedTime(_hostRead) > s_ownAddresses))
        {
            _hostRead = _time.GetTimestamp();
            _host = ReadHost();
        }

        return _host is null || _host.IsOwn(client.Address) ? UnownedReason.Closed : UnownedReason.Foreign;
    }

    private static HostView? ReadHost()
    {
        try
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            return new HostView(interfaces.Collect().Interfaces, null);
        }
        catch (HostException)
        {
            return null; // then every address passes for one of ours, and the reason says only that the socket was not found
        }
    }
}
