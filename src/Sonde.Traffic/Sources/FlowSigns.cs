namespace Sonde.Traffic.Sources;

/// <summary>What was seen of a flow's beginning and end.</summary>
[Flags]
internal enum FlowSigns
{
    None = 0,

    /// <summary>This host asked for the connection.</summary>
    Opened = 1,

    /// <summary>The other end asked for it.</summary>
    Accepted = 2,

    /// <summary>This host has said its last byte.</summary>
    FinishedHere = 4,

    /// <summary>The other end has said its last byte.</summary>
    FinishedThere = 8,

    /// <summary>One end broke it off.</summary>
    Reset = 16,
}
