namespace Sonde.Packets.Files;

/// <summary>How reading a capture file came to its end.</summary>
public enum CaptureEndingKind
{
    /// <summary>It has not: there may be more to read.</summary>
    None = 0,

    /// <summary>The bytes end where a record ends.</summary>
    Clean,

    /// <summary>Everything before the tear was read; what follows cannot be.</summary>
    Torn,

    /// <summary>This is no file that is read here: no packet was looked for.</summary>
    Refused,
}
