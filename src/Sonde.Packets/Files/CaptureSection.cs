namespace Sonde.Packets.Files;

/// <summary>What a pcapng section header tells of the machine and the program that captured, or what a writer is to tell.</summary>
public sealed record CaptureSection
{
    /// <summary>Whether the section's numbers are big-endian.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>The capturing machine, if told.</summary>
    public string? Hardware { get; init; }

    /// <summary>The capturing machine's operating system, if told.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>The program that wrote the section, if told.</summary>
    public string? Application { get; init; }

    /// <summary>A remark on the section, if any.</summary>
    public string? Comment { get; init; }
}
