using System.Buffers;
using System.Text.Json;
using Sonde.Cli.Output;

namespace Sonde.Cli.Frames;

/// <summary>One JSON document: <c>{"packets": [ … ], "gaps": [ … ]}</c>, written as the frames come, so that it takes no more memory than they do.</summary>
internal sealed class JsonFramePrinter : FramePrinter
{
    private readonly Utf8JsonWriter _json;

    internal JsonFramePrinter(CommandOutput output)
        : base(output)
    {
        _json = new Utf8JsonWriter(output.Room, new JsonWriterOptions { Indented = output.Screen.IsTerminal });
        _json.WriteStartObject();
        _json.WriteStartArray("packets"u8);
    }

    internal override void Print(in FrameRow row)
    {
        FrameJson.Write(_json, row);
        _json.Flush();
        Output.EndRecord();
    }

    internal override void Finish(IReadOnlyList<FrameGap> gaps)
    {
        _json.WriteEndArray();
        _json.WriteStartArray("gaps"u8);
        foreach (FrameGap gap in gaps)
        {
            gap.Write(_json, isRecord: false);
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        Output.Room.Write("\n"u8);
        Output.EndRecord();
    }

    public override void Dispose()
    {
        // Disposing flushes: what an error left unfinished is dropped before.
        _json.Reset();
        _json.Dispose();
        base.Dispose();
    }
}
