namespace Sonde.Traffic;

/// <summary>What happened to a connection.</summary>
public enum ConnectionEventKind
{
    /// <summary>Its first packet was seen, or the first after a long silence.</summary>
    Opened = 0,

    /// <summary>Its process became known after that, or it was handed on to another one.</summary>
    OwnerFound,

    /// <summary>It ended: both ends closed it, one broke it off, or it was silent for long. Its counters are final but for stragglers.</summary>
    Closed,

    /// <summary>It had to make room for others while it lived; what becomes of it is not told.</summary>
    Forgotten,
}
