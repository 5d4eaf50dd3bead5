namespace Sonde.Traffic.Names;

/// <summary>What became of the questions for names of addresses, since the start.</summary>
public sealed record ReverseDnsStatistics
{
    /// <summary>Questions that were sent, again ones too.</summary>
    public long Asked { get; init; }

    /// <summary>Addresses whose name was told.</summary>
    public long Answered { get; init; }

    /// <summary>Addresses that have no name, by what was told.</summary>
    public long NoName { get; init; }

    /// <summary>Addresses whose name could not be found out: no server answered, or each refused, failed, or told what does not fit into a datagram or makes no sense.</summary>
    public long Failed { get; init; }

    /// <summary>Questions that nobody answered in time.</summary>
    public long TimedOut { get; init; }

    /// <summary>Datagrams that answer no question that is open: another id, another question, or no answer at all.</summary>
    public long Rejected { get; init; }

    /// <summary>Addresses that are waiting to be asked about, or for their answer.</summary>
    public long Pending { get; init; }

    /// <summary>Addresses that found the queue full.</summary>
    public long Dropped { get; init; }
}
