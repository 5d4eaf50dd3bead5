using System.Globalization;
using System.Text;
using Sonde.Cli.Commands.Connections;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Traffic;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>Rows as a table for people, with what has no process explained below.</summary>
internal static class TrafficPretty
{
    private const int MostRemotes = 10;

    private static readonly TableColumn[] s_columns =
    [
        new("PID", IsNumber: true),
        new("PROCESS"),
        new("USER", Rank: 3),
        new("RX", IsNumber: true),
        new("TX", IsNumber: true),
        new("RX_PKT", Rank: 1, IsNumber: true),
        new("TX_PKT", Rank: 1, IsNumber: true),
        new("CONNS", Rank: 2, IsNumber: true),
        new("CONTAINER", Rank: 4),
    ];

    private static readonly TableColumn[] s_connectionColumns =
    [
        new("PROCESS"),
        new("LOCAL", Rank: 2),
        new("REMOTE"),
        new("STATE", Rank: 3),
        new("RX", IsNumber: true),
        new("TX", IsNumber: true),
        new("RTT", Rank: 1, IsNumber: true),
        new("RETRANSMITS", Rank: 1, IsNumber: true),
    ];

    internal static void Write(CommandOutput output, TrafficSnapshot snapshot, IReadOnlyList<TrafficRow> rows, SnapshotOptions options)
    {
        var text = new StringBuilder();
        string seconds = snapshot.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        text.Append(output.Screen.Style.Heading($"Traffic of {seconds} s, {TrafficWords.Describe(snapshot.Backend)}")).Append('\n');
        var cells = new List<string[]>();
        foreach (TrafficRow row in rows)
        {
            cells.Add(Cells(row));
            if (row.Name == TrafficRow.Unknown && options.Group == SnapshotGroup.Process)
            {
                AddRemotes(cells, snapshot);
            }
        }

        TrafficCounters sum = default;
        foreach (TrafficRow row in rows)
        {
            sum += row.Counters;
        }

        cells.Add(Cells(new TrafficRow("TOTAL", null, sum, default, rows.Sum(static row => row.Connections))));
        string heading = options.Group == SnapshotGroup.Process ? "PROCESS" : options.Group.ToString().ToUpperInvariant();
        TableColumn[] columns = [.. s_columns.Select(column => column.Header == "PROCESS" ? column with { Header = heading } : column)];
        text.Append(TextTable.Draw(columns, cells, output.Screen.Width, output.Screen.Style));
        foreach (UnownedTraffic unowned in snapshot.Unowned)
        {
            text.Append(SafeText.OneLine($"unknown: {Units.Bytes(unowned.Counters.Bytes)} {TrafficWords.Explain(unowned.Reason)}")).Append('\n');
        }

        AppendConnections(text, snapshot, output.Screen);
        AppendNotes(text, snapshot);
        output.Write(text.ToString());
    }

    // Where others' processes may not be seen, their connections still are.
    private static void AppendConnections(StringBuilder text, TrafficSnapshot snapshot, Screen screen)
    {
        if (snapshot.Backend is TrafficBackend.Bpf or TrafficBackend.Packets || snapshot.Connections.Count == 0)
        {
            return;
        }

        IEnumerable<string[]> rows = snapshot.Connections
            .OrderByDescending(static connection => connection.Counters.Bytes)
            .Take(MostRemotes)
            .Select(static connection => new[]
            {
                connection.ProcessName ?? string.Empty,
                connection.Key.Local.ToString(),
                connection.Key.Remote.ToString(),
                connection.State.HasValue ? ConnectionWords.Of(connection.State.Value) : string.Empty,
                Units.Bytes(connection.Counters.ReceivedBytes),
                Units.Bytes(connection.Counters.SentBytes),
                connection.Tcp.TryGetValue(out TcpMeasurements tcp) ? $"{tcp.RoundTrip.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture)} ms" : string.Empty,
                connection.Tcp.TryGetValue(out TcpMeasurements same) ? same.Retransmits.ToString(CultureInfo.InvariantCulture) : string.Empty,
            });
        text.Append('\n').Append(TextTable.Draw(s_connectionColumns, [.. rows], screen.Width, screen.Style)).Append('\n');
    }

    private static void AppendNotes(StringBuilder text, TrafficSnapshot snapshot)
    {
        if (snapshot.Coverage.TryGetValue(out TrafficCoverage? coverage) && coverage.Ratio is { } ratio)
        {
            string percent = Math.Min(ratio * 100, 100).ToString("0.#", CultureInfo.InvariantCulture);
            text.Append($"coverage: {percent} % of the {Units.Bytes(coverage.InterfaceBytes)} that interfaces other than the loopback counted").Append('\n');
        }

        foreach (BackendStatus backend in snapshot.Backends.Where(static backend => backend.Reason is not null))
        {
            text.Append(SafeText.OneLine(backend.State == BackendState.Available
                ? $"note: {backend.Backend}: {backend.Reason}"
                : $"not used: {backend.Backend} ({backend.Provides}): {backend.Reason}")).Append('\n');
        }

        foreach (TrafficLoss loss in snapshot.Losses.Where(static loss => loss.Count > 0))
        {
            text.Append(SafeText.OneLine($"lost: {Units.Count(loss.Count)} {loss.What}")).Append('\n');
        }

        foreach (FillLevel level in snapshot.FillLevels.Where(static level => level.Evicted > 0 || level.Used >= level.Capacity))
        {
            text.Append(SafeText.OneLine($"full: {level.Table}: {level.Used.ToString(CultureInfo.InvariantCulture)} of {level.Capacity.ToString(CultureInfo.InvariantCulture)}, {level.Evicted.ToString(CultureInfo.InvariantCulture)} had to make room")).Append('\n');
        }

        GapLines.Write(snapshot.Gaps, line => text.Append(line));
    }

    private static void AddRemotes(List<string[]> cells, TrafficSnapshot snapshot)
    {
        List<ConnectionTraffic> unowned = [.. snapshot.Connections.Where(static connection => connection.Process is null).OrderByDescending(static connection => connection.Counters.Bytes)];
        foreach (ConnectionTraffic connection in unowned.Take(MostRemotes))
        {
            string remote = connection.RemoteName.HasValue ? connection.RemoteName.Value : connection.Key.Remote.ToString();
            cells.Add(Cells(new TrafficRow($"  {remote} ({TrafficWords.Of(connection.UnownedReason)})", null, connection.Counters, default, 0)));
        }

        if (unowned.Count > MostRemotes)
        {
            cells.Add(["", $"  ({(unowned.Count - MostRemotes).ToString(CultureInfo.InvariantCulture)} more connections…)", "", "", "", "", "", "", ""]);
        }
    }

    private static string[] Cells(TrafficRow row) =>
    [
        row.Process is { } process ? process.Pid.ToString(CultureInfo.InvariantCulture) : string.Empty,
        row.Name,
        row.Process is { } of ? TrafficRows.UserOf(of) : string.Empty,
        Units.Bytes(row.Counters.ReceivedBytes),
        Units.Bytes(row.Counters.SentBytes),
        Units.Count(row.Counters.ReceivedPackets),
        Units.Count(row.Counters.SentPackets),
        row.Connections > 0 ? row.Connections.ToString(CultureInfo.InvariantCulture) : string.Empty,
        row.Process is { } within && TrafficRows.ContainerOf(within) is not "-" and var container ? container : string.Empty,
    ];
}
