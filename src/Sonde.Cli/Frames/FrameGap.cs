using Sonde.Cli.Output;


namespace Sonde.Cli.Frames;

/// <summary>Frames that were not seen, or things that did not survive: nothing is lost silently.</summary>
/// <param name="What">What is missing: "the rest of the file".</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">How many, 0 when nobody knows.</param>
internal sealed record FrameGap(string What, string Reason, long Count = 0)
{
    internal void Write(JsonText json, bool isRecord)
    {
        json.BeginObject();
        if (isRecord)
        {
            json.Property("type"u8, "gap"u8);
        }

        json.Property("what"u8, What);
        json.Property("status"u8, "failed"u8);
        json.Property("reason"u8, Reason);
        json.Property("count"u8, Count);
        json.EndObject();
    }
}
