using System.Buffers;
using System.Text.Json;
using Sonde.Cli.Output;

namespace Sonde.Cli.Frames;

/// <summary>One JSON object a line.</summary>
internal sealed class NdjsonFramePrinter(CommandOutput output) : FramePrinter(output)
{
    private readonly Utf8JsonWriter _json = new(output.Room);

    internal override void Print(in FrameRow row)
    {
        _json.Reset();
        FrameJson.Write(_json, row);
        EndLine();
    }

    internal override void Finish(IReadOnlyList<FrameGap> gaps)
    {
        foreach (FrameGap gap in gaps)
        {
            _json.Reset();
            gap.Write(_json, isRecord: true);
            EndLine();
        }
    }

    public override void Dispose()
    {
        // Disposing flushes: what an error left unfinished is dropped before.
        _json.Reset();
        _json.Dispose();
        base.Dispose();
    }

    private void EndLine()
    {
        _json.Flush();
        Output.Room.Write("\n"u8);
        Output.EndRecord();
    }
}
