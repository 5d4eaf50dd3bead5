namespace Sonde.Traffic.Sources;

/// <summary>What was seen of a flow's beginning and end.</summary>
[Flags]
internal enum FlowSigns
{
    None = 0,

    /// <summary>This host asked for the connection.</summary>
    Opened = 1,

    /// <summary>The other end asked for it: counted on the listener's socket.</summary>
    Accepted = 2,

    /// <summary>This host has said its last byte.</summary>
    FinishedHere = 4,

    /// <summary>The other end has said its last byte.</summary>
    FinishedThere = 8,

    /// <summary>One end broke it off.</summary>
    Reset = 16,

    /// <summary>The other end began, as the table of sockets tells; the count is the connection's own, not its listener's.</summary>
    Inbound = 32,

    /// <summary>Neither end is this host: it only passes.</summary>
    Passing = 64,
}
