using Sonde.Host;
using Sonde.Packets;

namespace Sonde.Traffic.Names;

/// <summary>Finds names of remote ends while it runs: those that are heard as DNS, TLS and QUIC tell them.</summary>
/// <remarks>
/// To hear takes the right to capture packets, which may be given up after the start; without it a gap says so. The kernel hands over DNS and what begins a
/// connection of TLS or QUIC, and nothing of that is kept but names. Any thread may call.
/// <code>
/// using var names = RemoteNames.Start();
/// if (names.TryFind(flow, out RemoteName name)) { … }
/// </code>
/// </remarks>
public sealed class RemoteNames : IDisposable
{
    private readonly NameWatch? _heard;

    private RemoteNames(NameWatch? heard) => _heard = heard;

    /// <summary>What could not be seen, and why.</summary>
    public IReadOnlyList<Gap> Gaps => _heard?.Gap is { } gap ? [gap] : [];

    /// <summary>Begins to find names.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static RemoteNames Start(RemoteNamesOptions? options = null)
    {
        options ??= new RemoteNamesOptions();
        return new RemoteNames(options.Hear ? NameWatch.Open(options.Time) : null);
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

    /// <summary>Stops; may be called more than once.</summary>
    public void Dispose() => _heard?.Dispose();

    /// <summary>Looks for surer names than those that are known.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="notBefore">When it began, about, in ticks of the clock.</param>
    /// <param name="name">The name of the remote end that is known, and then the surer one.</param>
    /// <param name="server">What the client asked for; null as long as that was not heard.</param>
    /// <returns>Whether anything is new.</returns>
    internal bool TryImprove(in FlowKey flow, long notBefore, ref RemoteName name, ref string? server)
    {
        if (_heard is null || name.Source is NameSource.Tls or NameSource.Quic)
        {
            return false;
        }

        bool isNew = false;
        if (server is null && _heard.Hellos.TryFind(flow, notBefore, out string asked, out bool isClientLocal))
        {
            server = asked;
            isNew = true;
            if (isClientLocal)
            {
                name = new RemoteName(asked, flow.Protocol == IPProtocol.Tcp ? NameSource.Tls : NameSource.Quic);
                return true;
            }
        }

        if (name.Source is NameSource.None or > NameSource.Multicast && _heard.Names.TryFind(flow.Remote.Address, out RemoteName heard))
        {
            name = heard;
            isNew = true;
        }

        return isNew;
    }

    /// <summary>Waits until what has passed by now was heard.</summary>
    internal void Hurry() => _heard?.Hurry();

    /// <summary>Adds what was lost since the start, and how full the tables are.</summary>
    internal void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels) => _heard?.Report(losses, fillLevels);
}
