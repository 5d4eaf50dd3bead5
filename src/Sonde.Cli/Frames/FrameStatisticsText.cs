using System.Globalization;
using System.Text;
using Sonde.Cli.Output;
using Sonde.Packets;

namespace Sonde.Cli.Frames;

/// <summary>Statistics of frames for a person: a line of totals, then a table each of protocols, hosts and flows, the largest first.</summary>
internal static class FrameStatisticsText
{
    internal static string Of(FrameTally statistics, int top, Screen screen)
    {
        var text = new StringBuilder();
        text.Append(Totals(statistics)).Append('\n');
        if (statistics.Total.Packets == 0)
        {
            return text.ToString();
        }

        Append(
            text,
            statistics.Protocols,
            top,
            screen,
            [new("PROTOCOL"), new("PACKETS", IsNumber: true), new("BYTES", IsNumber: true), new("SHARE", 1, IsNumber: true)],
            static count => count.Bytes,
            (key, count) => [key.ToString(), Number(count.Packets), Units.Bytes(count.Bytes), Share(count, statistics.Total)]);
        Append(
            text,
            statistics.Hosts,
            top,
            screen,
            [new("HOST"), new("SENT", IsNumber: true), new("RECEIVED", IsNumber: true), new("PACKETS SENT", 1, IsNumber: true), new("PACKETS RECEIVED", 1, IsNumber: true)],
            static count => (count.Sent + count.Received).Bytes,
            static (key, count) => [key.ToString(), Units.Bytes(count.Sent.Bytes), Units.Bytes(count.Received.Bytes), Number(count.Sent.Packets), Number(count.Received.Packets)]);
        Append(
            text,
            statistics.Flows,
            top,
            screen,
            [
                new("FLOW"), new("A"), new("B"), new("A > B", IsNumber: true), new("B > A", IsNumber: true), new("PACKETS", 2, IsNumber: true),
                new("SECONDS", 3, IsNumber: true), new("IS", 1), new("NAME", 1),
            ],
            static count => (count.FromLocal + count.FromRemote).Bytes,
            static (key, count) =>
            [
                FrameWords.Of(key.Protocol),
                Describe(key.Local),
                Describe(key.Remote),
                Units.Bytes(count.FromLocal.Bytes),
                Units.Bytes(count.FromRemote.Bytes),
                Number((count.FromLocal + count.FromRemote).Packets),
                Seconds(count.FirstNanoseconds, count.LastNanoseconds),
                FrameWords.Of(count.Application),
                count.Name ?? string.Empty,
            ]);
        return text.ToString();
    }

    /// <summary>The largest entries of a table.</summary>
    internal static IEnumerable<KeyValuePair<TKey, TValue>> Largest<TKey, TValue>(FrameTable<TKey, TValue> table, int top, Func<TValue, long> size)
        where TKey : notnull
        where TValue : struct => table.Entries().OrderByDescending(entry => size(entry.Value)).Take(top);

    /// <summary>An endpoint; protocols without ports have none to show.</summary>
    internal static string Describe(FlowEndpoint endpoint) => endpoint.Port == 0 ? endpoint.Address.ToString() : endpoint.ToString();

    private static string Totals(FrameTally statistics)
    {
        string text = $"{Number(statistics.Total.Packets)} packets, {Units.Bytes(statistics.Total.Bytes)} on the wire, {Units.Bytes(statistics.CapturedBytes)} captured";
        if (statistics.FirstNanoseconds is not long first || statistics.LastNanoseconds is not long last)
        {
            return text;
        }

        Span<char> time = stackalloc char[FrameTimeText.MaxLength];
        string from = time[..FrameTimeText.FormatIso(first, time)].ToString();
        string to = time[..FrameTimeText.FormatIso(last, time)].ToString();
        return $"{text}, {Seconds(first, last)} s from {from} to {to}";
    }

    private static void Append<TKey, TValue>(
        StringBuilder text,
        FrameTable<TKey, TValue> table,
        int top,
        Screen screen,
        IReadOnlyList<TableColumn> columns,
        Func<TValue, long> size,
        Func<TKey, TValue, string[]> row)
        where TKey : notnull
        where TValue : struct
    {
        List<string[]> rows = [.. Largest(table, top, size).Select(entry => row(entry.Key, entry.Value))];
        if (rows.Count == 0)
        {
            return;
        }

        text.Append('\n').Append(TextTable.Draw(columns, rows, screen.Width, screen.Style));
        string forgotten = table.Evictions == 0 ? string.Empty : $"; {Number(table.Evictions)} forgotten to make room, --table-size keeps more";
        text.Append(screen.Style.Faint($"{Number(rows.Count)} of {Number(table.Count)} shown, room for {Number(table.Capacity)}{forgotten}")).Append('\n');
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Share(FrameCount count, FrameCount total) =>
        total.Bytes == 0 ? string.Empty : ((double)count.Bytes / total.Bytes).ToString("0.0 %", CultureInfo.InvariantCulture);

    private static string Seconds(long? first, long? last) =>
        first is long from && last is long to ? ((to - (decimal)from) / 1_000_000_000).ToString("0.000", CultureInfo.InvariantCulture) : string.Empty;
}
