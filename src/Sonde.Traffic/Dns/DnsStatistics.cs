namespace Sonde.Traffic.Dns;

/// <summary>What was seen of DNS since watching began, and what could not be read.</summary>
public sealed record DnsStatistics
{
    /// <summary>Every resolver that was asked something, those asked most first.</summary>
    public required IReadOnlyList<DnsResolverStatistics> Resolvers { get; init; }

    /// <summary>Messages that were read.</summary>
    public required long Messages { get; init; }

    /// <summary>Questions, without those that were asked again.</summary>
    public required long Queries { get; init; }

    /// <summary>Questions that were answered.</summary>
    public required long Answers { get; init; }

    /// <summary>Questions that were asked again.</summary>
    public required long Retransmits { get; init; }

    /// <summary>Answers that came more than once.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Answers to nothing that was seen to be asked.</summary>
    public required long Unasked { get; init; }

    /// <summary>Questions that nobody answered in time.</summary>
    public required long Timeouts { get; init; }

    /// <summary>What hosts told the link of themselves by multicast without being asked.</summary>
    public required long Announcements { get; init; }

    /// <summary>Messages seen once more on another interface that they passed.</summary>
    public required long Echoes { get; init; }

    /// <summary>Messages that are no questions: zone transfers' notices, updates.</summary>
    public required long OtherOperations { get; init; }

    /// <summary>What could not be read or had to be forgotten.</summary>
    public required IReadOnlyList<TrafficLoss> Losses { get; init; }

    /// <summary>How full the tables are.</summary>
    public required IReadOnlyList<FillLevel> FillLevels { get; init; }
}
