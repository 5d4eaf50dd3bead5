namespace Sonde.Packets.Files;

/// <summary>How and where a capture file ended, and why there.</summary>
/// <param name="Kind">Clean, torn or refused; <see cref="CaptureEndingKind.None"/> while there may be more.</param>
/// <param name="Offset">The first byte that was not understood; for a clean end, the length of the file.</param>
/// <param name="Fault">What is wrong there.</param>
/// <param name="Detail">The same in words, with the numbers or the name of the format.</param>
public readonly record struct CaptureEnding(CaptureEndingKind Kind, long Offset, CaptureFault Fault, string? Detail)
{
    /// <summary>One line for a person: "torn at byte 4132: the lengths 64 and 60 of a block disagree".</summary>
    public override string ToString() => Kind switch
    {
        CaptureEndingKind.None => "not ended yet",
        CaptureEndingKind.Clean => $"complete, {Offset} bytes",
        CaptureEndingKind.Torn => $"torn at byte {Offset}: {Detail}",
        _ => $"refused: {Detail}",
    };
}
