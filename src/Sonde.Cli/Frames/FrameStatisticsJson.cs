using Sonde.Cli.Output;
using Sonde.Packets;

namespace Sonde.Cli.Frames;

/// <summary>Statistics of frames as JSON: one document, or one record an entry.</summary>
internal static class FrameStatisticsJson
{
    /// <summary>Writes one document.</summary>
    internal static void WriteDocument(JsonText json, FrameTally statistics, int top, IReadOnlyList<FrameGap> gaps)
    {
        json.BeginObject();
        WriteTotals(json, statistics);
        json.BeginArray("protocols"u8);
        foreach (KeyValuePair<ProtocolKey, FrameCount> one in Protocols(statistics, top))
        {
            json.BeginObject();
            WriteProtocol(json, one);
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("hosts"u8);
        foreach (KeyValuePair<InternetAddress, HostCount> one in Hosts(statistics, top))
        {
            json.BeginObject();
            WriteHost(json, one);
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("flows"u8);
        foreach (KeyValuePair<FlowKey, FlowCount> one in Flows(statistics, top))
        {
            json.BeginObject();
            WriteFlow(json, one);
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("gaps"u8);
        foreach (FrameGap gap in gaps)
        {
            gap.Write(json, isRecord: false);
        }

        json.EndArray();
        json.EndObject();
    }

    /// <summary>Writes a record for the totals and one for each entry.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="statistics">The statistics.</param>
    /// <param name="top">How many entries of each table.</param>
    /// <param name="gaps">What is missing.</param>
    /// <param name="endRecord">Ends a line, and makes the writer ready for the next.</param>
    internal static void WriteRecords(JsonText json, FrameTally statistics, int top, IReadOnlyList<FrameGap> gaps, Action endRecord)
    {
        Begin("totals"u8);
        WriteTotals(json, statistics);
        End();
        foreach (KeyValuePair<ProtocolKey, FrameCount> one in Protocols(statistics, top))
        {
            Begin("protocol"u8);
            WriteProtocol(json, one);
            End();
        }

        foreach (KeyValuePair<InternetAddress, HostCount> one in Hosts(statistics, top))
        {
            Begin("host"u8);
            WriteHost(json, one);
            End();
        }

        foreach (KeyValuePair<FlowKey, FlowCount> one in Flows(statistics, top))
        {
            Begin("flow"u8);
            WriteFlow(json, one);
            End();
        }

        foreach (FrameGap gap in gaps)
        {
            gap.Write(json, isRecord: true);
            endRecord();
        }

        void Begin(ReadOnlySpan<byte> type)
        {
            json.BeginObject();
            json.Property("type"u8, type);
        }

        void End()
        {
            json.EndObject();
            endRecord();
        }
    }

    private static IEnumerable<KeyValuePair<ProtocolKey, FrameCount>> Protocols(FrameTally statistics, int top) =>
        FrameStatisticsText.Largest(statistics.Protocols, top, static count => count.Bytes);

    private static IEnumerable<KeyValuePair<InternetAddress, HostCount>> Hosts(FrameTally statistics, int top) =>
        FrameStatisticsText.Largest(statistics.Hosts, top, static count => (count.Sent + count.Received).Bytes);

    private static IEnumerable<KeyValuePair<FlowKey, FlowCount>> Flows(FrameTally statistics, int top) =>
        FrameStatisticsText.Largest(statistics.Flows, top, static count => (count.FromLocal + count.FromRemote).Bytes);

    private static void WriteTotals(JsonText json, FrameTally statistics)
    {
        WriteCount(json, "packets"u8, "bytes"u8, statistics.Total);
        json.Property("captured_bytes"u8, statistics.CapturedBytes);
        WriteTime(json, "first_time"u8, "first_time_reason"u8, statistics.FirstNanoseconds);
        WriteTime(json, "last_time"u8, "last_time_reason"u8, statistics.LastNanoseconds);
        json.BeginObject("tables"u8);
        WriteTable(json, "protocols"u8, statistics.Protocols);
        WriteTable(json, "hosts"u8, statistics.Hosts);
        WriteTable(json, "flows"u8, statistics.Flows);
        json.EndObject();
    }

    private static void WriteTable<TKey, TValue>(JsonText json, ReadOnlySpan<byte> name, FrameTable<TKey, TValue> table)
        where TKey : notnull
        where TValue : struct
    {
        json.BeginObject(name);
        json.Property("count"u8, table.Count);
        json.Property("capacity"u8, table.Capacity);
        json.Property("evictions"u8, table.Evictions);
        json.EndObject();
    }

    private static void WriteProtocol(JsonText json, KeyValuePair<ProtocolKey, FrameCount> one)
    {
        json.Property("protocol"u8, one.Key.ToString());
        WriteCount(json, "packets"u8, "bytes"u8, one.Value);
    }

    private static void WriteHost(JsonText json, KeyValuePair<InternetAddress, HostCount> one)
    {
        FrameJson.WriteAddress(json, "host"u8, one.Key);
        WriteCount(json, "packets_sent"u8, "bytes_sent"u8, one.Value.Sent);
        WriteCount(json, "packets_received"u8, "bytes_received"u8, one.Value.Received);
    }

    private static void WriteFlow(JsonText json, KeyValuePair<FlowKey, FlowCount> one)
    {
        json.Property("protocol"u8, FrameWords.Of(one.Key.Protocol));
        FrameJson.WriteAddress(json, "a"u8, one.Key.Local.Address);
        json.Property("a_port"u8, one.Key.Local.Port);
        FrameJson.WriteAddress(json, "b"u8, one.Key.Remote.Address);
        json.Property("b_port"u8, one.Key.Remote.Port);
        WriteCount(json, "packets_a_to_b"u8, "bytes_a_to_b"u8, one.Value.FromLocal);
        WriteCount(json, "packets_b_to_a"u8, "bytes_b_to_a"u8, one.Value.FromRemote);
        WriteTime(json, "first_time"u8, "first_time_reason"u8, one.Value.FirstNanoseconds);
        WriteTime(json, "last_time"u8, "last_time_reason"u8, one.Value.LastNanoseconds);
        if (one.Value.Application != ApplicationKind.None)
        {
            json.Property("application"u8, FrameWords.Of(one.Value.Application));
        }

        if (one.Value.Name is { } name)
        {
            json.Property("name"u8, name);
        }
    }

    private static void WriteCount(JsonText json, ReadOnlySpan<byte> packets, ReadOnlySpan<byte> bytes, FrameCount count)
    {
        json.Property(packets, count.Packets);
        json.Property(bytes, count.Bytes);
    }

    private static void WriteTime(JsonText json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> reason, long? time)
    {
        if (time is long told)
        {
            Span<char> text = stackalloc char[FrameTimeText.MaxLength];
            json.Property(name, text[..FrameTimeText.FormatIso(told, text)]);
        }
        else
        {
            json.Name(name);
            json.Null();
            json.Property(reason, "none: no packet tells"u8);
        }
    }
}
