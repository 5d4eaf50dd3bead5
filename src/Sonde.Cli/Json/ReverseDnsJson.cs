using Sonde.Cli.Output;
using Sonde.Traffic.Names;

namespace Sonde.Cli.Json;

/// <summary>What became of questions for names of addresses, the same in every command.</summary>
internal static class ReverseDnsJson
{
    internal static void Write(JsonText json, ReverseDnsStatistics counted)
    {
        json.BeginObject("reverse_dns"u8);
        json.Property("asked"u8, counted.Asked);
        json.Property("answered"u8, counted.Answered);
        json.Property("no_name"u8, counted.NoName);
        json.Property("failed"u8, counted.Failed);
        json.Property("timed_out"u8, counted.TimedOut);
        json.Property("rejected"u8, counted.Rejected);
        json.Property("pending"u8, counted.Pending);
        json.Property("dropped"u8, counted.Dropped);
        json.EndObject();
    }
}
