using Sonde.Cli.Output;

namespace Sonde.Cli.Frames;

/// <summary>One JSON object a line.</summary>
internal sealed class NdjsonFramePrinter(CommandOutput output) : FramePrinter(output)
{
    internal override void Print(in FrameRow row)
    {
        FrameJson.Write(Output.BeginJson(isLine: true), row);
        Output.EndJson();
    }

    internal override void Finish(IReadOnlyList<FrameGap> gaps)
    {
        foreach (FrameGap gap in gaps)
        {
            gap.Write(Output.BeginJson(isLine: true), isRecord: true);
            Output.EndJson();
        }
    }
}
