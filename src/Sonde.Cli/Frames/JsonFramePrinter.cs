using Sonde.Cli.Output;

namespace Sonde.Cli.Frames;

/// <summary>One JSON document: <c>{"packets": [ … ], "gaps": [ … ]}</c>, written as the frames come, so that it takes no more memory than they do.</summary>
internal sealed class JsonFramePrinter : FramePrinter
{
    private readonly JsonText _json;

    internal JsonFramePrinter(CommandOutput output)
        : base(output)
    {
        _json = output.BeginJson(isLine: false);
        _json.BeginObject();
        _json.BeginArray("packets"u8);
    }

    internal override void Print(in FrameRow row)
    {
        FrameJson.Write(_json, row);
        Output.ContinueJson();
    }

    internal override void Finish(IReadOnlyList<FrameGap> gaps)
    {
        _json.EndArray();
        _json.BeginArray("gaps"u8);
        foreach (FrameGap gap in gaps)
        {
            gap.Write(_json, isRecord: false);
        }

        _json.EndArray();
        _json.EndObject();
        Output.EndJson();
    }
}
