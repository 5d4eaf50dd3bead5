namespace Sonde.Traffic.Names.Reverse;

/// <summary>What a datagram says about an open question.</summary>
internal enum ReverseOutcome
{
    /// <summary>Nothing: it does not answer it.</summary>
    Rejected = 0,

    /// <summary>The address has this name.</summary>
    Named,

    /// <summary>The address has no name.</summary>
    NoName,

    /// <summary>The server does not tell.</summary>
    Failed,
}
