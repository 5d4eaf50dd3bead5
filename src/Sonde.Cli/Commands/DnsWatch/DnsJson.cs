using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Traffic;
using Sonde.Traffic.Dns;

namespace Sonde.Cli.Commands.DnsWatch;

/// <summary>Statistics of DNS as JSON.</summary>
internal static class DnsJson
{
    /// <summary>A resolver as the fields of an object.</summary>
    internal static void WriteResolver(JsonText json, DnsResolverStatistics one)
    {
        json.Property("resolver"u8, one.Resolver.ToString());
        json.Property("protocol"u8, DnsWords.Of(one.Kind));
        json.Property("queries"u8, one.Queries);
        json.Property("answers"u8, one.Answers);
        json.Property("failures"u8, one.Failures);
        json.Property("nxdomain"u8, one.NameErrors);
        json.Property("servfail"u8, one.ServerFailures);
        json.Property("refused"u8, one.Refusals);
        json.Property("other_errors"u8, one.OtherErrors);
        json.Property("timeouts"u8, one.Timeouts);
        json.Property("truncated"u8, one.Truncated);
        json.Property("retransmits"u8, one.Retransmits);
        json.Property("duplicates"u8, one.Duplicates);
        json.Property("unasked"u8, one.Unasked);
        json.Property("case_changed"u8, one.CaseChanges);
        WriteLatency(json, "latency_p50_ms"u8, one.MedianLatency);
        WriteLatency(json, "latency_p95_ms"u8, one.P95Latency);
        WriteLatency(json, "latency_max_ms"u8, one.MaxLatency);
    }

    /// <summary>What was seen in all, as the fields of an object.</summary>
    internal static void WriteTotals(JsonText json, DnsStatistics seen, IReadOnlyList<Gap> gaps)
    {
        json.Property("messages"u8, seen.Messages);
        json.Property("queries"u8, seen.Queries);
        json.Property("answers"u8, seen.Answers);
        json.Property("timeouts"u8, seen.Timeouts);
        json.Property("retransmits"u8, seen.Retransmits);
        json.Property("duplicates"u8, seen.Duplicates);
        json.Property("unasked"u8, seen.Unasked);
        json.Property("announcements"u8, seen.Announcements);
        json.Property("echoes"u8, seen.Echoes);
        json.Property("other_operations"u8, seen.OtherOperations);
        json.BeginArray("losses"u8);
        foreach (TrafficLoss loss in seen.Losses)
        {
            json.BeginObject();
            json.Property("what"u8, loss.What);
            json.Property("count"u8, loss.Count);
            json.EndObject();
        }

        json.EndArray();
        FillLevelJson.WriteArray(json, seen.FillLevels);
        GapJson.WriteArray(json, "gaps"u8, gaps);
    }

    private static void WriteLatency(JsonText json, ReadOnlySpan<byte> name, TimeSpan? latency)
    {
        json.Name(name);
        if (latency is { } known)
        {
            json.Value(Math.Round(known.TotalMilliseconds, 3));
        }
        else
        {
            json.Null();
        }
    }
}
