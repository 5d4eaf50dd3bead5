using Sonde.Cli.Commands.Connections;
using Sonde.Cli.Errors;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Traffic;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>Snapshots as JSON: netoproc's flat array, a line a row, or everything.</summary>
internal static class TrafficJson
{
    /// <summary>A flat array; its members and their order are netoproc's.</summary>
    internal static void WriteRows(CommandOutput output, IReadOnlyList<TrafficRow> rows)
    {
        JsonText json = output.BeginJson(isLine: false);
        json.BeginArray();
        foreach (TrafficRow row in rows)
        {
            json.BeginObject();
            json.Name("pid"u8);
            if (row.Process is { } process)
            {
                json.Value(process.Pid);
            }
            else
            {
                json.Null();
            }

            json.Property("process"u8, row.Name);
            json.Property("rx_bytes"u8, row.Counters.ReceivedBytes);
            json.Property("tx_bytes"u8, row.Counters.SentBytes);
            json.Property("rx_packets"u8, row.Counters.ReceivedPackets);
            json.Property("tx_packets"u8, row.Counters.SentPackets);
            json.EndObject();
            output.ContinueJson();
        }

        json.EndArray();
        output.EndJson();
    }

    /// <summary>An object a row, with every field, and its time.</summary>
    internal static void WriteLines(CommandOutput output, TrafficSnapshot snapshot, IReadOnlyList<TrafficRow> rows)
    {
        foreach (TrafficRow row in rows)
        {
            JsonText json = output.BeginJson(isLine: true);
            json.BeginObject();
            json.Property("type"u8, "traffic"u8);
            json.Property("time"u8, snapshot.Time);
            json.Property("elapsed"u8, Seconds(snapshot.Elapsed));
            foreach (RecordField<TrafficRow> field in TrafficFields.All.All)
            {
                json.Name(field.JsonName);
                WriteValue(json, field.Kind, field.Read(row));
            }

            json.EndObject();
            output.EndJson();
        }
    }

    /// <summary>Everything.</summary>
    internal static void WriteDetail(JsonText json, TrafficSnapshot snapshot)
    {
        var advice = HostAdvice.Create();
        json.BeginObject();
        json.Property("time"u8, snapshot.Time);
        json.Property("elapsed"u8, Seconds(snapshot.Elapsed));
        json.Property("backend"u8, TrafficWords.Of(snapshot.Backend));
        json.BeginArray("backends"u8);
        foreach (BackendStatus backend in snapshot.Backends)
        {
            DoctorJson.WriteBackend(json, (backend, advice.For(backend)));
        }

        json.EndArray();
        json.BeginObject("total"u8);
        WriteCounters(json, snapshot.Total);
        json.EndObject();
        json.BeginArray("processes"u8);
        foreach (ProcessTraffic process in snapshot.Processes.OrderByDescending(static process => process.Counters.Bytes))
        {
            WriteProcess(json, process);
        }

        json.EndArray();
        json.BeginArray("connections"u8);
        foreach (ConnectionTraffic connection in snapshot.Connections.OrderByDescending(static connection => connection.Counters.Bytes))
        {
            WriteConnection(json, connection);
        }

        json.EndArray();
        json.BeginArray("unowned"u8);
        foreach (UnownedTraffic unowned in snapshot.Unowned)
        {
            json.BeginObject();
            json.Property("reason"u8, TrafficWords.Of(unowned.Reason));
            json.Property("meaning"u8, TrafficWords.Explain(unowned.Reason));
            json.Property("connections"u8, unowned.Connections);
            WriteCounters(json, unowned.Counters);
            json.EndObject();
        }

        json.EndArray();
        WriteInterfaces(json, snapshot);
        WriteCondition(json, snapshot);
        json.EndObject();
    }

    private static void WriteProcess(JsonText json, ProcessTraffic process)
    {
        json.BeginObject();
        json.Property("pid"u8, process.Pid);
        json.Property("process"u8, process.Name);
        json.Property("key"u8, process.Key.ToString());
        json.Property("running"u8, process.IsRunning);
        json.Property("user"u8, TrafficRows.UserOf(process));
        json.Property("exe"u8, Of(process, static identity => identity.Image.Select(static image => image.Path)));
        json.Property("command"u8, Of(process, static identity => identity.Arguments.Select(static arguments => arguments.Text)));
        json.Property("container"u8, Of(process, static identity => identity.Container.Select(static container => $"{container.Runtime} {container.Id}")));
        json.Property("unit"u8, Of(process, static identity => identity.Unit.HasValue ? identity.Unit.Value.Name : Reading.None<string>()));
        json.Property("connections"u8, process.Connections);
        json.Property("first_seen"u8, process.FirstSeen);
        json.Property("last_seen"u8, process.LastSeen);
        WriteCounters(json, process.Counters);
        WriteRates(json, process.Rates, process.AverageRates);
        json.EndObject();
    }

    private static void WriteConnection(JsonText json, ConnectionTraffic connection)
    {
        json.BeginObject();
        json.Property("protocol"u8, connection.IsFrames ? "frames" : connection.Key.Protocol.ToString().ToLowerInvariant());
        json.Property("local_address"u8, connection.Key.Local.Address.ToString());
        json.Property("local_port"u8, connection.Key.Local.Port);
        json.Property("remote_address"u8, connection.Key.Remote.Address.ToString());
        json.Property("remote_port"u8, connection.Key.Remote.Port);
        json.Property("remote_name"u8, connection.RemoteName);
        json.Property("name_source"u8, NameWords.Of(connection.NameSource));
        json.Property("server_name"u8, connection.ServerName);
        json.Property("remote_kind"u8, NameWords.Of(connection.RemoteKind));
        json.Name("service"u8);
        if (connection.Service is { } service)
        {
            json.Value(service);
        }
        else
        {
            json.Null();
        }

        json.Property("direction"u8, TrafficWords.Of(connection.Direction));
        json.Property("state"u8, connection.State.Select(ConnectionWords.Of));
        json.Property("closed"u8, connection.IsClosed);
        json.Name("pid"u8);
        if (connection.Process is { } key)
        {
            json.Value(key.Pid);
            json.Property("process"u8, connection.ProcessName);
            json.Property("confidence"u8, TrafficWords.Of(connection.Confidence));
        }
        else
        {
            json.Null();
            json.Property("pid_reason"u8, TrafficWords.Of(connection.UnownedReason));
        }

        json.Property("interface_index"u8, connection.InterfaceIndex);
        json.Property("network_namespace"u8, connection.NetworkNamespace);
        json.Property("first_seen"u8, connection.FirstSeen);
        json.Property("last_seen"u8, connection.LastSeen);
        WriteCounters(json, connection.Counters);
        WriteRates(json, connection.Rates, connection.AverageRates);
        if (connection.Tcp.TryGetValue(out TcpMeasurements tcp))
        {
            json.Property("rtt_ms"u8, Math.Round(tcp.RoundTrip.TotalMilliseconds, 3));
            json.Property("jitter_ms"u8, Math.Round(tcp.Jitter.TotalMilliseconds, 3));
            json.Property("retransmits"u8, tcp.Retransmits);
            json.Property("retransmits_per_second"u8, Math.Round(tcp.RetransmitsPerSecond, 3));
            json.Property("congestion_window"u8, tcp.CongestionWindow);
        }

        json.EndObject();
    }

    private static void WriteInterfaces(JsonText json, TrafficSnapshot snapshot)
    {
        json.BeginArray("interfaces"u8);
        foreach (InterfaceTraffic one in snapshot.Interfaces)
        {
            json.BeginObject();
            json.Property("name"u8, one.Name);
            json.Property("index"u8, one.Index);
            json.Property("loopback"u8, one.IsLoopback);
            WriteCounters(json, one.Counters);
            WriteRates(json, one.Rates, one.AverageRates);
            json.EndObject();
        }

        json.EndArray();
        if (json.Holds("coverage"u8, snapshot.Coverage))
        {
            TrafficCoverage coverage = snapshot.Coverage.Value;
            json.BeginObject();
            json.Property("interface_bytes"u8, coverage.InterfaceBytes);
            json.Property("counted_bytes"u8, coverage.CountedBytes);
            json.Property("owned_bytes"u8, coverage.OwnedBytes);
            json.Property("window"u8, Seconds(coverage.Window));
            json.Name("ratio"u8);
            json.Value(coverage.Ratio is { } ratio ? Math.Round(ratio, 4) : double.NaN);
            json.EndObject();
        }
    }

    private static void WriteCondition(JsonText json, TrafficSnapshot snapshot)
    {
        if (snapshot.ReverseDns is { } reverse)
        {
            ReverseDnsJson.Write(json, reverse);
        }

        json.BeginObject("forgotten"u8);
        WriteCounters(json, snapshot.Forgotten);
        json.EndObject();
        json.BeginArray("losses"u8);
        foreach (TrafficLoss loss in snapshot.Losses)
        {
            json.BeginObject();
            json.Property("what"u8, loss.What);
            json.Property("count"u8, loss.Count);
            json.Property("bytes"u8, loss.Bytes);
            json.EndObject();
        }

        json.EndArray();
        FillLevelJson.WriteArray(json, snapshot.FillLevels);
        GapJson.WriteArray(json, "gaps"u8, snapshot.Gaps);
    }

    private static void WriteCounters(JsonText json, in TrafficCounters counters)
    {
        json.Property("rx_bytes"u8, counters.ReceivedBytes);
        json.Property("tx_bytes"u8, counters.SentBytes);
        json.Property("rx_packets"u8, counters.ReceivedPackets);
        json.Property("tx_packets"u8, counters.SentPackets);
        json.Property("rx_units"u8, counters.ReceivedUnits);
        json.Property("tx_units"u8, counters.SentUnits);
    }

    private static void WriteRates(JsonText json, in TrafficRates rates, in TrafficRates average)
    {
        json.Property("rx_bytes_per_second"u8, Math.Round(rates.ReceivedBytesPerSecond, 1));
        json.Property("tx_bytes_per_second"u8, Math.Round(rates.SentBytesPerSecond, 1));
        json.Property("rx_bytes_per_second_10"u8, Math.Round(average.ReceivedBytesPerSecond, 1));
        json.Property("tx_bytes_per_second_10"u8, Math.Round(average.SentBytesPerSecond, 1));
    }

    private static Reading<string> Of(ProcessTraffic process, Func<ProcessIdentity, Reading<string>> read) =>
        process.Identity.TryGetValue(out ProcessIdentity? identity) ? read(identity) : Reading.Gone<string>(process.Identity.Reason);

    private static void WriteValue(JsonText json, FieldKind kind, FieldValue value)
    {
        if (!value.HasValue)
        {
            json.Null();
        }
        else if (kind == FieldKind.Text)
        {
            json.Value(value.Text);
        }
        else if (kind == FieldKind.Boolean)
        {
            json.Value(value.Integer != 0);
        }
        else
        {
            json.Value(value.Integer);
        }
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
