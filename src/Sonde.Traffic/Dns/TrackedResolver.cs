using Sonde.Packets;

namespace Sonde.Traffic.Dns;

/// <summary>What is counted of a resolver.</summary>
internal sealed class TrackedResolver(DnsKind kind, FlowEndpoint endpoint)
{
    internal DnsKind Kind => kind;

    internal FlowEndpoint Endpoint => endpoint;

    internal LatencyHistogram Latencies { get; } = new();

    internal long Queries { get; set; }

    internal long Answers { get; set; }

    internal long Retransmits { get; set; }

    internal long Duplicates { get; set; }

    internal long Unasked { get; set; }

    internal long Timeouts { get; set; }

    internal long NameErrors { get; set; }

    internal long ServerFailures { get; set; }

    internal long Refusals { get; set; }

    internal long OtherErrors { get; set; }

    internal long Truncated { get; set; }

    internal long CaseChanges { get; set; }

    internal TrackedResolver? Newer { get; set; }

    internal TrackedResolver? Older { get; set; }

    internal void CountAnswer(DnsOutcome outcome, long nanoseconds)
    {
        Answers++;
        Latencies.Add(nanoseconds);
        switch (outcome)
        {
            case DnsOutcome.NameError:
                NameErrors++;
                break;
            case DnsOutcome.ServerFailure:
                ServerFailures++;
                break;
            case DnsOutcome.Refused:
                Refusals++;
                break;
            case DnsOutcome.FormatError or DnsOutcome.NotImplemented or DnsOutcome.OtherError:
                OtherErrors++;
                break;
            case DnsOutcome.Truncated:
                Truncated++;
                break;
            default:
                break;
        }
    }

    internal DnsResolverStatistics ToStatistics() => new()
    {
        Resolver = endpoint,
        Kind = kind,
        Queries = Queries,
        Answers = Answers,
        Retransmits = Retransmits,
        Duplicates = Duplicates,
        Unasked = Unasked,
        Timeouts = Timeouts,
        NameErrors = NameErrors,
        ServerFailures = ServerFailures,
        Refusals = Refusals,
        OtherErrors = OtherErrors,
        Truncated = Truncated,
        CaseChanges = CaseChanges,
        MedianLatency = Latencies.At(0.5),
        P95Latency = Latencies.At(0.95),
        MaxLatency = Latencies.Max,
    };
}
