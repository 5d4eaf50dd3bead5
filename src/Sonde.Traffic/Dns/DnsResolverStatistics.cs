using Sonde.Packets;

namespace Sonde.Traffic.Dns;

/// <summary>How one resolver does, since watching began.</summary>
public sealed record DnsResolverStatistics
{
    /// <summary>The resolver; of multicast the group.</summary>
    public required FlowEndpoint Resolver { get; init; }

    /// <summary>Which protocol.</summary>
    public required DnsKind Kind { get; init; }

    /// <summary>Questions, without those that were asked again.</summary>
    public required long Queries { get; init; }

    /// <summary>Questions that were answered, be it with a failure.</summary>
    public required long Answers { get; init; }

    /// <summary>Questions that were asked again because no answer came.</summary>
    public required long Retransmits { get; init; }

    /// <summary>Answers that came more than once.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Answers to nothing that was seen to be asked.</summary>
    public required long Unasked { get; init; }

    /// <summary>Questions that nobody answered in time.</summary>
    public required long Timeouts { get; init; }

    /// <summary>Answers that a name does not exist (NXDOMAIN).</summary>
    public required long NameErrors { get; init; }

    /// <summary>Answers that nothing could be found out (SERVFAIL).</summary>
    public required long ServerFailures { get; init; }

    /// <summary>Answers that the resolver does not want to answer (REFUSED).</summary>
    public required long Refusals { get; init; }

    /// <summary>Answers with any other error.</summary>
    public required long OtherErrors { get; init; }

    /// <summary>Answers that did not fit into a datagram.</summary>
    public required long Truncated { get; init; }

    /// <summary>Answers whose name is spelt in another case than the question's.</summary>
    public required long CaseChanges { get; init; }

    /// <summary>The latency that half of the answers did not exceed, to about 2 %; null without answers.</summary>
    public required TimeSpan? MedianLatency { get; init; }

    /// <summary>The latency that 19 of 20 answers did not exceed, to about 2 %; null without answers.</summary>
    public required TimeSpan? P95Latency { get; init; }

    /// <summary>The longest latency, exactly; null without answers.</summary>
    public required TimeSpan? MaxLatency { get; init; }

    /// <summary>Questions that told nobody anything: failures, refusals, other errors and timeouts.</summary>
    public long Failures => ServerFailures + Refusals + OtherErrors + Timeouts;
}
