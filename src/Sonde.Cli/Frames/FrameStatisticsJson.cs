using System.Text.Json;
using Sonde.Packets;

namespace Sonde.Cli.Frames;

/// <summary>Statistics of frames as JSON: one document, or one record an entry.</summary>
internal static class FrameStatisticsJson
{
    /// <summary>Writes one document.</summary>
    internal static void WriteDocument(Utf8JsonWriter json, FrameStatistics statistics, int top, IReadOnlyList<FrameGap> gaps)
    {
        json.WriteStartObject();
        WriteTotals(json, statistics);
        json.WriteStartArray("protocols"u8);
        foreach (KeyValuePair<ProtocolKey, FrameCount> one in Protocols(statistics, top))
        {
            json.WriteStartObject();
            WriteProtocol(json, one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("hosts"u8);
        foreach (KeyValuePair<InternetAddress, HostCount> one in Hosts(statistics, top))
        {
            json.WriteStartObject();
            WriteHost(json, one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("flows"u8);
        foreach (KeyValuePair<FlowKey, FlowCount> one in Flows(statistics, top))
        {
            json.WriteStartObject();
            WriteFlow(json, one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("gaps"u8);
        foreach (FrameGap gap in gaps)
        {
            gap.Write(json, isRecord: false);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes a record for the totals and one for each entry.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="statistics">The statistics.</param>
    /// <param name="top">How many entries of each table.</param>
    /// <param name="gaps">What is missing.</param>
    /// <param name="endRecord">Ends a line, and makes the writer ready for the next.</param>
    internal static void WriteRecords(Utf8JsonWriter json, FrameStatistics statistics, int top, IReadOnlyList<FrameGap> gaps, Action endRecord)
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
            json.WriteStartObject();
            json.WriteString("type"u8, type);
        }

        void End()
        {
            json.WriteEndObject();
            endRecord();
        }
    }

    private static IEnumerable<KeyValuePair<ProtocolKey, FrameCount>> Protocols(FrameStatistics statistics, int top) =>
        FrameStatisticsText.Largest(statistics.Protocols, top, static count => count.Bytes);

    private static IEnumerable<KeyValuePair<InternetAddress, HostCount>> Hosts(FrameStatistics statistics, int top) =>
        FrameStatisticsText.Largest(statistics.Hosts, top, static count => (count.Sent + count.Received).Bytes);

    private static IEnumerable<KeyValuePair<FlowKey, FlowCount>> Flows(FrameStatistics statistics, int top) =>
        FrameStatisticsText.Largest(statistics.Flows, top, static count => (count.FromLocal + count.FromRemote).Bytes);

    private static void WriteTotals(Utf8JsonWriter json, FrameStatistics statistics)
    {
        WriteCount(json, "packets"u8, "bytes"u8, statistics.Total);
        json.WriteNumber("captured_bytes"u8, statistics.CapturedBytes);
        WriteTime(json, "first_time"u8, "first_time_reason"u8, statistics.FirstNanoseconds);
        WriteTime(json, "last_time"u8, "last_time_reason"u8, statistics.LastNanoseconds);
        json.WriteStartObject("tables"u8);
        WriteTable(json, "protocols"u8, statistics.Protocols);
        WriteTable(json, "hosts"u8, statistics.Hosts);
        WriteTable(json, "flows"u8, statistics.Flows);
        json.WriteEndObject();
    }

    private static void WriteTable<TKey, TValue>(Utf8JsonWriter json, ReadOnlySpan<byte> name, FrameTable<TKey, TValue> table)
        where TKey : notnull
        where TValue : struct
    {
        json.WriteStartObject(name);
        json.WriteNumber("count"u8, table.Count);
        json.WriteNumber("capacity"u8, table.Capacity);
        json.WriteNumber("evictions"u8, table.Evictions);
        json.WriteEndObject();
    }

    private static void WriteProtocol(Utf8JsonWriter json, KeyValuePair<ProtocolKey, FrameCount> one)
    {
        json.WriteString("protocol"u8, one.Key.ToString());
        WriteCount(json, "packets"u8, "bytes"u8, one.Value);
    }

    private static void WriteHost(Utf8JsonWriter json, KeyValuePair<InternetAddress, HostCount> one)
    {
        FrameJson.WriteAddress(json, "host"u8, one.Key);
        WriteCount(json, "packets_sent"u8, "bytes_sent"u8, one.Value.Sent);
        WriteCount(json, "packets_received"u8, "bytes_received"u8, one.Value.Received);
    }

    private static void WriteFlow(Utf8JsonWriter json, KeyValuePair<FlowKey, FlowCount> one)
    {
        json.WriteString("protocol"u8, FrameWords.Of(one.Key.Protocol));
        FrameJson.WriteAddress(json, "a"u8, one.Key.Local.Address);
        json.WriteNumber("a_port"u8, one.Key.Local.Port);
        FrameJson.WriteAddress(json, "b"u8, one.Key.Remote.Address);
        json.WriteNumber("b_port"u8, one.Key.Remote.Port);
        WriteCount(json, "packets_a_to_b"u8, "bytes_a_to_b"u8, one.Value.FromLocal);
        WriteCount(json, "packets_b_to_a"u8, "bytes_b_to_a"u8, one.Value.FromRemote);
        WriteTime(json, "first_time"u8, "first_time_reason"u8, one.Value.FirstNanoseconds);
        WriteTime(json, "last_time"u8, "last_time_reason"u8, one.Value.LastNanoseconds);
        if (one.Value.Application != ApplicationKind.None)
        {
            json.WriteString("application"u8, FrameWords.Of(one.Value.Application));
        }

        if (one.Value.Name is { } name)
        {
            json.WriteString("name"u8, name);
        }
    }

    private static void WriteCount(Utf8JsonWriter json, ReadOnlySpan<byte> packets, ReadOnlySpan<byte> bytes, FrameCount count)
    {
        json.WriteNumber(packets, count.Packets);
        json.WriteNumber(bytes, count.Bytes);
    }

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> reason, long? time)
    {
        if (time is long told)
        {
            Span<char> text = stackalloc char[FrameClock.MaxLength];
            json.WriteString(name, text[..FrameClock.FormatIso(told, text)]);
        }
        else
        {
            json.WriteNull(name);
            json.WriteString(reason, "none: no packet tells"u8);
        }
    }
}
