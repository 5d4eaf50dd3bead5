using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Traffic.Dns;

namespace Sonde.Cli.Commands.DnsWatch;

/// <summary>What `sonde dns` was asked for, understood and complete.</summary>
/// <param name="Format">How to print.</param>
/// <param name="IsFollowing">Whether questions are printed as they have their end.</param>
/// <param name="IsStatisticsOnly">Whether only the resolvers' statistics are printed.</param>
/// <param name="Duration">After how long it ends; null for never.</param>
/// <param name="Filter">Which questions; null for all.</param>
/// <param name="Sort">By which field; null for the order of time.</param>
/// <param name="IsDescending">Whether the largest comes first.</param>
/// <param name="Top">How many rows at most; null for all.</param>
/// <param name="Monitor">What is watched.</param>
internal sealed record DnsRunOptions(
    OutputFormat Format,
    bool IsFollowing,
    bool IsStatisticsOnly,
    TimeSpan? Duration,
    RecordFilter<DnsExchange>? Filter,
    RecordField<DnsExchange>? Sort,
    bool IsDescending,
    int? Top,
    DnsMonitorOptions Monitor)
{
    /// <summary>Whether a question is one of those asked for.</summary>
    internal bool Shows(DnsExchange one) => Filter is null || Filter.Fits(one);
}
