using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Sockets;
using Sonde.Packets;
using Sonde.Traffic.Names;

namespace Sonde.Traffic;

/// <summary>One conversation: a TCP connection, or what one socket exchanged with one remote endpoint.</summary>
public sealed record ConnectionTraffic
{
    /// <summary>The number that IANA keeps unused, which stands in <see cref="Key"/> for frames that a process wrote itself.</summary>
    internal const IPProtocol FramesProtocol = (IPProtocol)255;

    /// <summary>Protocol and both endpoints, seen from this host.</summary>
    public required FlowKey Key { get; init; }

    /// <summary>Whether these are frames that a process wrote itself, past the Internet protocols (AF_PACKET): what is sent counts from the link-layer header on, and there are no endpoints.</summary>
    public bool IsFrames => Key.Protocol == FramesProtocol;

    /// <summary>Which network namespace it is in, as the kernel numbers them for programs; 0 when that is not known.</summary>
    public ulong NetworkNamespace { get; init; }

    /// <summary>Whose it is; null when nobody knows, and <see cref="UnownedReason"/> says why.</summary>
    public required ProcessKey? Process { get; init; }

    /// <summary>The name of that process.</summary>
    public required string? ProcessName { get; init; }

    /// <summary>How it is known whose it is.</summary>
    public required OwnerConfidence Confidence { get; init; }

    /// <summary>Why it has no process.</summary>
    public required UnownedReason UnownedReason { get; init; }

    /// <summary>Which end began.</summary>
    public required FlowDirection Direction { get; init; }

    /// <summary>The state of a TCP connection at the last look; not there for other protocols, and where nobody asked the system.</summary>
    public required Reading<SocketState> State { get; init; }

    /// <summary>Whether it has ended: closed by one end, or silent for long.</summary>
    public required bool IsClosed { get; init; }

    /// <summary>The interface that its packets last took, by its number in its network namespace; 0 when that is not known.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>When it was first seen.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>When its traffic was last seen.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>What went over it.</summary>
    public required TrafficCounters Counters { get; init; }

    /// <summary>The rates of the last tick, about a second.</summary>
    public required TrafficRates Rates { get; init; }

    /// <summary>The rates over the last ten ticks.</summary>
    public required TrafficRates AverageRates { get; init; }

    /// <summary>What the system measures about a TCP connection; none for other protocols, and where nobody asked the system.</summary>
    public required Reading<TcpMeasurements> Tcp { get; init; }

    /// <summary>A name of the remote end; none until one is found.</summary>
    public Reading<string> RemoteName { get; init; } = Reading.None<string>();

    /// <summary>Where that name comes from.</summary>
    public NameSource NameSource { get; init; }

    /// <summary>The name that the client asked for as it began TLS or QUIC: of the remote end where this host is the client, else one of this host's. None where that was not heard.</summary>
    public Reading<string> ServerName { get; init; } = Reading.None<string>();

    /// <summary>What the remote address is for.</summary>
    public AddressKind RemoteKind => AddressKinds.Of(Key.Remote.Address);

    /// <summary>The service that usually has the port of the end that was called; null when none is known.</summary>
    public string? Service => ServiceNames.Of(Key, Direction);

    /// <summary>What went over it lately; null unless the options ask for it.</summary>
    public TrafficHistory? History { get; init; }
}
