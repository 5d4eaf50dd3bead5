using Sonde.Host;
using Sonde.Host.Sockets;
using Sonde.Packets;
using Sonde.Traffic.Names;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Ledger;

/// <summary>A flow in the ledger; a link of the list that goes from the last active to the longest silent.</summary>
internal sealed class TrackedFlow(FlowIdentity identity, TrafficRing ring, long now)
{
    private static readonly Reading<TcpMeasurements> s_notAsked = Reading.NotCollected<TcpMeasurements>("the system has not been asked");
    private static readonly Reading<SocketState> s_noState = Reading.NotCollected<SocketState>("the system has not been asked");

    internal FlowIdentity Identity { get; } = identity;

    internal TrafficRing Ring { get; } = ring;

    internal long FirstSeen { get; } = now;

    internal long LastSeen { get; set; } = now;

    internal TrafficCounters Counters { get; set; }

    /// <summary>What of it belonged to owners before the present one.</summary>
    internal TrafficCounters OfOthers { get; set; }

    internal FlowSigns Signs { get; set; }

    /// <summary>The socket, or 0.</summary>
    internal ulong Cookie { get; set; }

    /// <summary>The listening socket that the connection came in by, or 0.</summary>
    internal ulong ListenerCookie { get; set; }

    internal int InterfaceIndex { get; set; }

    internal TrackedProcess? Owner { get; set; }

    internal OwnerConfidence Confidence { get; set; }

    /// <summary>When its owner was last asked for again.</summary>
    internal long LastAsked { get; set; } = now;

    /// <summary>How often its owner was looked for with every means.</summary>
    internal int Attempts { get; set; }

    /// <summary>Whether it is in the table no longer.</summary>
    internal bool IsForgotten { get; set; }

    /// <summary>Whether an owner was looked for in vain with all means, and the reason that then came out.</summary>
    internal UnownedReason FinalReason { get; set; }

    internal Reading<TcpMeasurements> Tcp { get; set; } = s_notAsked;

    internal Reading<SocketState> State { get; set; } = s_noState;

    internal TcpSamples? Samples { get; set; }

    internal bool IsClosed { get; set; }

    /// <summary>Whether something happened to it that has not been told.</summary>
    internal bool IsChanged { get; set; }

    /// <summary>Whether readers of events have heard of it.</summary>
    internal bool IsTold { get; set; }

    /// <summary>Whether they have heard of its end.</summary>
    internal bool IsEndTold { get; set; }

    /// <summary>Whose it is, as far as they have heard.</summary>
    internal TrackedProcess? ToldOwner { get; set; }

    /// <summary>The last snapshot's record, while nothing about it has changed.</summary>
    internal ConnectionTraffic? Record { get; set; }

    /// <summary>How often the wall clock had been set when that record was made.</summary>
    internal int RecordDates { get; set; }

    /// <summary>The surest name of the remote end that was found; of equally sure ones the first.</summary>
    internal RemoteName Name { get; set; }

    /// <summary>What the client asked for in its hello; null when that was not heard.</summary>
    internal string? ServerName { get; set; }

    internal TrackedFlow? Newer { get; set; }

    internal TrackedFlow? Older { get; set; }

    internal FlowDirection Direction =>
        (Signs & (FlowSigns.Accepted | FlowSigns.Inbound)) != FlowSigns.None ? FlowDirection.Incoming
        : (Signs & FlowSigns.Opened) != FlowSigns.None ? FlowDirection.Outgoing
        : FlowDirection.Unknown;

    internal bool IsTcp => Identity.Key.Protocol == IPProtocol.Tcp;

    /// <summary>Whether both ends have said their last byte, or one broke it off.</summary>
    internal bool HasEnded => (Signs & FlowSigns.Reset) != FlowSigns.None || (Signs & (FlowSigns.FinishedHere | FlowSigns.FinishedThere)) == (FlowSigns.FinishedHere | FlowSigns.FinishedThere);
}
