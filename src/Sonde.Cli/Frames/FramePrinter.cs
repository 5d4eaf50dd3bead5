using Sonde.Cli.Output;

namespace Sonde.Cli.Frames;

/// <summary>Prints frames one after the other, in one of the output formats. Nothing is allocated per frame.</summary>
internal abstract class FramePrinter : IDisposable
{
    private protected FramePrinter(CommandOutput output) => Output = output;

    /// <summary>Whether lines for people name the interface and the direction, because there are several.</summary>
    internal bool ShowsInterface { get; set; }

    private protected CommandOutput Output { get; }

    /// <summary>Makes the printer of a format.</summary>
    /// <param name="output">Where it prints; the caller flushes when frames come slowly.</param>
    /// <param name="format">The format.</param>
    /// <param name="clock">How lines for people tell the time.</param>
    internal static FramePrinter Create(CommandOutput output, OutputFormat format, FrameTimeText clock) => format switch
    {
        OutputFormat.Json => new JsonFramePrinter(output),
        OutputFormat.Ndjson => new NdjsonFramePrinter(output),
        OutputFormat.Tsv => new TsvFramePrinter(output),
        _ => new LineFramePrinter(output, clock),
    };

    internal abstract void Print(in FrameRow row);

    /// <summary>Ends the output: what was not seen, and what a document needs to be whole.</summary>
    /// <param name="gaps">What is missing; printed here only in the formats for programs that have a place for it.</param>
    internal abstract void Finish(IReadOnlyList<FrameGap> gaps);

    public virtual void Dispose()
    {
    }
}
