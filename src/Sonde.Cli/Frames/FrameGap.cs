using System.Text.Json;

namespace Sonde.Cli.Frames;

/// <summary>Frames that were not seen, or things that did not survive: nothing is lost silently.</summary>
/// <param name="What">What is missing: "the rest of the file".</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">How many, 0 when nobody knows.</param>
internal sealed record FrameGap(string What, string Reason, long Count = 0)
{
    internal void Write(Utf8JsonWriter json, bool isRecord)
    {
        json.WriteStartObject();
        if (isRecord)
        {
            json.WriteString("type"u8, "gap"u8);
        }

        json.WriteString("what"u8, What);
        json.WriteString("status"u8, "failed"u8);
        json.WriteString("reason"u8, Reason);
        json.WriteNumber("count"u8, Count);
        json.WriteEndObject();
    }
}
