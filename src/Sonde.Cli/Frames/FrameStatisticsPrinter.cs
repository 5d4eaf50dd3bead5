using System.Globalization;
using Sonde.Cli.Output;
using Sonde.Packets;

namespace Sonde.Cli.Frames;

/// <summary>Prints statistics of frames in one of the output formats.</summary>
internal static class FrameStatisticsPrinter
{
    private const int DefaultTop = 10;

    /// <summary>Prints the statistics.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="format">The format.</param>
    /// <param name="statistics">The statistics.</param>
    /// <param name="top">How many entries of each table; null for ten for people, and all for programs.</param>
    /// <param name="gaps">What is missing; printed here only in the formats for programs that have a place for it.</param>
    internal static void Print(CommandOutput output, OutputFormat format, FrameTally statistics, int? top, IReadOnlyList<FrameGap> gaps)
    {
        switch (format)
        {
            case OutputFormat.Json or OutputFormat.Ndjson:
                PrintJson(output, format, statistics, top ?? int.MaxValue, gaps);
                break;
            case OutputFormat.Tsv:
                PrintTsv(output, statistics, top ?? int.MaxValue);
                break;
            default:
                output.Write(FrameStatisticsText.Of(statistics, top ?? DefaultTop, output.Screen));
                break;
        }
    }

    private static void PrintJson(CommandOutput output, OutputFormat format, FrameTally statistics, int top, IReadOnlyList<FrameGap> gaps)
    {
        JsonText json = output.BeginJson(isLine: format == OutputFormat.Ndjson);
        if (format == OutputFormat.Ndjson)
        {
            FrameStatisticsJson.WriteRecords(json, statistics, top, gaps, output.EndJson);
        }
        else
        {
            FrameStatisticsJson.WriteDocument(json, statistics, top, gaps);
            output.EndJson();
        }
    }

    // One table for all three: what an entry does not have is "-".
    private static void PrintTsv(CommandOutput output, FrameTally statistics, int top)
    {
        output.WriteTsv(["type", "protocol", "a", "a_port", "b", "b_port", "packets_a_to_b", "bytes_a_to_b", "packets_b_to_a", "bytes_b_to_a", "application", "name"]);
        foreach ((ProtocolKey key, FrameCount count) in FrameStatisticsText.Largest(statistics.Protocols, top, static count => count.Bytes))
        {
            output.WriteTsv(["protocol", key.ToString(), "-", "-", "-", "-", Number(count.Packets), Number(count.Bytes), "-", "-", "-", "-"]);
        }

        foreach ((InternetAddress host, HostCount count) in FrameStatisticsText.Largest(statistics.Hosts, top, static count => (count.Sent + count.Received).Bytes))
        {
            output.WriteTsv(
            [
                "host", "-", host.ToString(), "-", "-", "-", Number(count.Sent.Packets), Number(count.Sent.Bytes), Number(count.Received.Packets),
                Number(count.Received.Bytes), "-", "-",
            ]);
        }

        foreach ((FlowKey key, FlowCount count) in FrameStatisticsText.Largest(statistics.Flows, top, static count => (count.FromLocal + count.FromRemote).Bytes))
        {
            output.WriteTsv(
            [
                "flow", FrameWords.Of(key.Protocol), key.Local.Address.ToString(), Number(key.Local.Port), key.Remote.Address.ToString(), Number(key.Remote.Port),
                Number(count.FromLocal.Packets), Number(count.FromLocal.Bytes), Number(count.FromRemote.Packets), Number(count.FromRemote.Bytes),
                count.Application == ApplicationKind.None ? "-" : FrameWords.Of(count.Application), count.Name ?? "-",
            ]);
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
