using System.Globalization;
using Sonde.Host.Processes;
using Sonde.Traffic;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>Makes rows of a snapshot.</summary>
internal static class TrafficRows
{
    /// <summary>The rows of a snapshot in no order; their sum is everything that was counted.</summary>
    internal static List<TrafficRow> Of(TrafficSnapshot snapshot, SnapshotGroup group) => group switch
    {
        SnapshotGroup.Remote => ByConnection(snapshot, RemoteOf),
        SnapshotGroup.Interface => ByConnection(snapshot, connection => InterfaceOf(snapshot, connection)),
        SnapshotGroup.Container => ByProcess(snapshot, ContainerOf),
        SnapshotGroup.User => ByProcess(snapshot, UserOf),
        _ => Processes(snapshot),
    };

    /// <summary>The container of a process: "docker 3f2a…"; "-" for one in none.</summary>
    internal static string ContainerOf(ProcessTraffic process) =>
        process.Identity.TryGetValue(out ProcessIdentity? identity) && identity.Container.TryGetValue(out ProcessContainer? container)
            ? $"{container.Runtime} {container.ShortId}"
            : "-";

    /// <summary>The user of a process by name where there is one, else by number.</summary>
    internal static string UserOf(ProcessTraffic process) =>
        process.Identity.TryGetValue(out ProcessIdentity? identity) && identity.User.TryGetValue(out ProcessUser? user)
            ? user.Name.GetValueOrDefault(user.Id)
            : process.UserId.TryGetValue(out uint id) ? id.ToString(CultureInfo.InvariantCulture) : "-";

    private static List<TrafficRow> Processes(TrafficSnapshot snapshot)
    {
        var rows = new List<TrafficRow>(snapshot.Processes.Count + 1);
        foreach (ProcessTraffic process in snapshot.Processes)
        {
            rows.Add(new TrafficRow(process.Name.Length > 0 ? process.Name : $"pid {process.Pid.ToString(CultureInfo.InvariantCulture)}", process, process.Counters, process.Rates, process.Connections));
        }

        AddRest(rows, snapshot);
        return rows;
    }

    private static List<TrafficRow> ByProcess(TrafficSnapshot snapshot, Func<ProcessTraffic, string> nameOf)
    {
        var groups = new Groups();
        foreach (ProcessTraffic process in snapshot.Processes)
        {
            groups.Add(nameOf(process), process.Counters, process.Rates, process.Connections);
        }

        List<TrafficRow> rows = groups.ToRows();
        AddRest(rows, snapshot);
        return rows;
    }

    private static List<TrafficRow> ByConnection(TrafficSnapshot snapshot, Func<ConnectionTraffic, string> nameOf)
    {
        var groups = new Groups();
        TrafficCounters seen = default;
        foreach (ConnectionTraffic connection in snapshot.Connections)
        {
            groups.Add(nameOf(connection), connection.Counters, connection.Rates, 1);
            seen += connection.Counters;
        }

        // Connections that closed long ago are in no list any more.
        if (snapshot.Total - seen != default)
        {
            groups.Add("(earlier connections)", snapshot.Total - seen, default, 0);
        }

        return groups.ToRows();
    }

    private static void AddRest(List<TrafficRow> rows, TrafficSnapshot snapshot)
    {
        if (snapshot.Unowned.Count > 0)
        {
            TrafficCounters sum = default;
            int connections = 0;
            foreach (UnownedTraffic unowned in snapshot.Unowned)
            {
                sum += unowned.Counters;
                connections += unowned.Connections;
            }

            rows.Add(new TrafficRow(TrafficRow.Unknown, null, sum, default, connections) { Unowned = snapshot.Unowned });
        }

        if (snapshot.Forgotten != default)
        {
            rows.Add(new TrafficRow("(processes no longer listed)", null, snapshot.Forgotten, default, 0));
        }
    }

    private static string RemoteOf(ConnectionTraffic connection) =>
        connection.RemoteName.HasValue ? connection.RemoteName.Value
        : connection.IsFrames ? "(frames past IP)"
        : connection.Key.Remote.Address.ToString();

    private static string InterfaceOf(TrafficSnapshot snapshot, ConnectionTraffic connection)
    {
        foreach (InterfaceTraffic one in snapshot.Interfaces)
        {
            if (one.Index == connection.InterfaceIndex)
            {
                return one.Name;
            }
        }

        return connection.InterfaceIndex == 0 ? TrafficRow.Unknown : $"#{connection.InterfaceIndex.ToString(CultureInfo.InvariantCulture)}";
    }

    private sealed class Groups
    {
        private readonly Dictionary<string, TrafficRow> _rows = [];

        internal void Add(string name, in TrafficCounters counters, in TrafficRates rates, int connections)
        {
            TrafficRow row = _rows.GetValueOrDefault(name) ?? new TrafficRow(name, null, default, default, 0);
            _rows[name] = row with
            {
                Counters = row.Counters + counters,
                Rates = new TrafficRates(
                    row.Rates.ReceivedBytesPerSecond + rates.ReceivedBytesPerSecond,
                    row.Rates.SentBytesPerSecond + rates.SentBytesPerSecond,
                    row.Rates.ReceivedPacketsPerSecond + rates.ReceivedPacketsPerSecond,
                    row.Rates.SentPacketsPerSecond + rates.SentPacketsPerSecond),
                Connections = row.Connections + connections,
            };
        }

        internal List<TrafficRow> ToRows() => [.. _rows.Values];
    }
}
