namespace Sonde.Host.Processes;

/// <summary>A command line. On every system the process itself may rewrite it: it is a statement of the process, not a fact.</summary>
/// <param name="Values">The arguments, the first being what the process calls itself; secrets are masked unless the collector was told to keep them.</param>
/// <param name="MaskedCount">How many arguments were masked.</param>
/// <param name="IsTruncated">Whether there is more than was read.</param>
/// <param name="IsOneText">Whether the process replaced its arguments by one text (setproctitle), so that their borders are lost.</param>
/// <param name="Text">All of it as one line, as Windows keeps it; arguments of other systems joined by spaces.</param>
public sealed record ProcessArguments(IReadOnlyList<string> Values, int MaskedCount, bool IsTruncated, bool IsOneText, string Text)
{
    /// <summary>The same line.</summary>
    public override string ToString() => Text;
}
