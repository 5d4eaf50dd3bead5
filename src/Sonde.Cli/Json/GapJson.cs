using Sonde.Cli.Output;
using Sonde.Host;

namespace Sonde.Cli.Json;

/// <summary>Something that could not be seen, as JSON.</summary>
internal static class GapJson
{
    /// <summary>A record in a stream of records of several types.</summary>
    internal static void WriteRecord(JsonText json, Gap gap)
    {
        json.BeginObject();
        json.Property("type"u8, "gap"u8);
        WriteFields(json, gap);
        json.EndObject();
    }

    /// <summary>All of them, as an array of objects.</summary>
    internal static void WriteArray(JsonText json, ReadOnlySpan<byte> name, IReadOnlyList<Gap> gaps)
    {
        json.BeginArray(name);
        foreach (Gap gap in gaps)
        {
            json.BeginObject();
            WriteFields(json, gap);
            json.EndObject();
        }

        json.EndArray();
    }

    internal static void WriteFields(JsonText json, Gap gap)
    {
        json.Property("what"u8, gap.What);
        json.Property("status"u8, Words.Of(gap.Status));
        json.Property("reason"u8, gap.Reason);
        json.Property("count"u8, gap.Count);
    }
}
