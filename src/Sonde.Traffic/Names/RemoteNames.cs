using Sonde.Host;
using Sonde.Packets;
using Sonde.Traffic.Ledger;
using Sonde.Traffic.Names.Reverse;

namespace Sonde.Traffic.Names;

/// <summary>Finds names of remote ends while it runs: those that are heard as DNS, TLS and QUIC tell them, and on demand those that resolvers have for an address.</summary>
/// <remarks>
/// To hear takes the right to capture packets, which may be given up after the start; without it a gap says so. The kernel hands over DNS and what begins a
/// connection of TLS or QUIC, and nothing of that is kept but names. Asking takes no right; it is done on a thread of its own, and nobody waits for it. Any thread may call.
/// <code>
/// using var names = RemoteNames.Start();
/// if (names.TryFind(flow, out RemoteName name)) { … }
/// </code>
/// </remarks>
public sealed class RemoteNames : IDisposable
{
    private static readonly TimeSpan s_settling = TimeSpan.FromMilliseconds(200);

    private readonly NameWatch? _heard;
    private readonly ReverseLookups? _asked;

    /// <summary>One of given parts, which it disposes.</summary>
    internal RemoteNames(NameWatch? heard, ReverseLookups? asked)
    {
        _heard = heard;
        _asked = asked;
    }

    /// <summary>What could not be seen, and why.</summary>
    public IReadOnlyList<Gap> Gaps => [.. new[] { _heard?.Gap, _asked?.Gap }.OfType<Gap>()];

    /// <summary>What became of questions; null when nothing is asked.</summary>
    public ReverseDnsStatistics? ReverseDns => _asked?.Statistics;

    /// <summary>Begins to find names.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static RemoteNames Start(RemoteNamesOptions? options = null)
    {
        options ??= new RemoteNamesOptions();
        ReverseLookups? asked = options.ReverseDns is { } reverse ? ReverseLookups.Start(reverse, options.Time) : null;
        return new RemoteNames(options.Hear ? NameWatch.Open(options.Time) : null, asked);
    }

    /// <summary>The name of a connection's remote end, as far as one is known by now.</summary>
    /// <param name="flow">The connection, with this host's end as the local one.</param>
    /// <param name="name">Its name: what its own client asked for where this host is the client, else a name of the address.</param>
    /// <returns>Whether there is one; never waits.</returns>
    public bool TryFind(in FlowKey flow, out RemoteName name)
    {
        name = default;
        string? server = null;
        return TryImprove(flow, long.MinValue, ref name, ref server) && name.Source != NameSource.None;
    }

    /// <summary>The name that the client of a connection asked for, whichever end that is.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="name">The name in the hello of TLS or QUIC.</param>
    /// <returns>Whether one was heard.</returns>
    public bool TryFindServer(in FlowKey flow, out string name)
    {
        name = string.Empty;
        return _heard is not null && _heard.Hellos.TryFind(flow, long.MinValue, out name, out _);
    }

    /// <summary>Has the name of a connection's remote end asked for, if asking is on and no name is known; the answer is there later.</summary>
    /// <remarks>Addresses of one link, of groups and of this host are never asked about, nor are the connections of the questions themselves.</remarks>
    /// <param name="flow">The connection, with this host's end as the local one.</param>
    public void Want(in FlowKey flow)
    {
        if (_asked is not null && !_asked.IsOwn(flow) && !TryFind(flow, out _))
        {
            _asked.Want(flow.Remote.Address);
        }
    }

    /// <summary>Waits until everything that was wanted has been answered, or will not be.</summary>
    /// <param name="patience">How long at most.</param>
    /// <returns>Whether nothing is pending any more.</returns>
    public bool AwaitAnswers(TimeSpan patience) => _asked is null || _asked.Await(patience);

    /// <summary>Stops; may be called more than once.</summary>
    public void Dispose()
    {
        _heard?.Dispose();
        _asked?.Dispose();
    }

    /// <summary>Looks for surer names than those that are known.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="notBefore">When it began, about, in ticks of the clock.</param>
    /// <param name="name">The name of the remote end that is known, and then the surer one.</param>
    /// <param name="server">What the client asked for; null as long as that was not heard.</param>
    /// <returns>Whether anything is new.</returns>
    internal bool TryImprove(in FlowKey flow, long notBefore, ref RemoteName name, ref string? server)
    {
        if (name.Source is NameSource.Tls or NameSource.Quic)
        {
            return false;
        }

        bool isNew = false;
        if (server is null && _heard is not null && _heard.Hellos.TryFind(flow, notBefore, out string asked, out bool isClientLocal))
        {
            server = asked;
            isNew = true;
            if (isClientLocal)
            {
                name = new RemoteName(asked, flow.Protocol == IPProtocol.Tcp ? NameSource.Tls : NameSource.Quic);
                return true;
            }
        }

        if (name.Source is NameSource.None or > NameSource.Multicast && _heard is not null && _heard.Names.TryFind(flow.Remote.Address, out RemoteName heard))
        {
            name = heard;
            return true;
        }

        if (name.Source == NameSource.None && _asked is not null && _asked.TryFind(flow.Remote.Address, out RemoteName told))
        {
            name = told;
            isNew = true;
        }

        return isNew;
    }

    /// <summary>Waits until what has passed by now was heard.</summary>
    internal void Hurry() => _heard?.Hurry();

    /// <summary>Adds what was lost since the start, and how full the tables are.</summary>
    internal void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
    {
        _heard?.Report(losses, fillLevels);
        if (_asked is not null)
        {
            fillLevels.Add(_asked.FillLevel);
        }
    }

    /// <summary>Has the names of a ledger's remote ends asked for. What this process itself talks to is left out, and what may turn out to be its own.</summary>
    internal void Want(TrafficLedger ledger)
    {
        if (_asked is null)
        {
            return;
        }

        foreach (TrackedFlow flow in ledger.Flows.All)
        {
            // A name that is heard comes with the first packets, and so does the owner.
            bool isSettled = flow.Owner is { } owner ? owner.Key.Pid != Environment.ProcessId : OwnerSearch.ReasonOf(flow) is not (UnownedReason.Pending or UnownedReason.None);
            if (flow.Name.Source == NameSource.None && isSettled && ledger.Clock.Since(flow.FirstSeen) >= s_settling && !_asked.IsOwn(flow.Identity.Key))
            {
                Want(flow.Identity.Key);
            }
        }
    }
}
