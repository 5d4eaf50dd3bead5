namespace Sonde.Traffic.Sources.Wire;

/// <summary>What was counted of a <see cref="WireFlow"/>: one way only.</summary>
internal struct WireCounts
{
    internal long Bytes;
    internal long Packets;
    internal long Units;

    /// <summary>Whether the sender asked for a connection.</summary>
    internal bool Asks;

    /// <summary>Whether the sender granted one.</summary>
    internal bool Grants;

    /// <summary>Whether the sender has said its last byte.</summary>
    internal bool Finishes;

    /// <summary>Whether the sender broke the connection off.</summary>
    internal bool Resets;

    /// <summary>As what this host sent.</summary>
    internal readonly TrafficCounters AsSent => new(0, Bytes, 0, Packets, 0, Units);

    /// <summary>As what this host received.</summary>
    internal readonly TrafficCounters AsReceived => new(Bytes, 0, Packets, 0, Units, 0);

    /// <summary>What it tells of beginning and end.</summary>
    /// <param name="isSent">Whether this host is the sender.</param>
    internal readonly FlowSigns Signs(bool isSent) =>
        (Asks ? isSent ? FlowSigns.Opened : FlowSigns.Accepted : FlowSigns.None)
        | (Grants ? isSent ? FlowSigns.Accepted : FlowSigns.Opened : FlowSigns.None)
        | (Finishes ? isSent ? FlowSigns.FinishedHere : FlowSigns.FinishedThere : FlowSigns.None)
        | (Resets ? FlowSigns.Reset : FlowSigns.None);
}
