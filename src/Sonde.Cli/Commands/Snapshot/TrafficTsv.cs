using System.Globalization;
using Sonde.Cli.Output;
using Sonde.Traffic;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>Rows as tab-separated values, as netoproc writes them.</summary>
internal static class TrafficTsv
{
    private static readonly string[] s_header = ["pid", "process", "rx_bytes", "tx_bytes", "rx_packets", "tx_packets"];

    /// <summary>Writes rows.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rows">Which.</param>
    /// <param name="time">When they were counted, for a column in front; null for none.</param>
    /// <param name="withHeader">Whether the names of the columns come first.</param>
    internal static void Write(CommandOutput output, IReadOnlyList<TrafficRow> rows, DateTimeOffset? time, bool withHeader)
    {
        if (withHeader)
        {
            output.WriteTsv(time is null ? s_header : s_header.Prepend("time"));
        }

        string? stamp = time?.ToString("O", CultureInfo.InvariantCulture);
        foreach (TrafficRow row in rows)
        {
            TrafficCounters counters = row.Counters;
            IEnumerable<string> cells =
            [
                row.Process is { } process ? Number(process.Pid) : "-",
                row.Name,
                Number(counters.ReceivedBytes),
                Number(counters.SentBytes),
                Number(counters.ReceivedPackets),
                Number(counters.SentPackets),
            ];
            output.WriteTsv(stamp is null ? cells : cells.Prepend(stamp));
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
