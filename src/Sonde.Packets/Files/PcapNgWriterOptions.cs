namespace Sonde.Packets.Files;

/// <summary>How a pcapng file is to be written.</summary>
public sealed record PcapNgWriterOptions
{
    /// <summary>What the file's section header tells, its byte order included.</summary>
    public CaptureSection Section { get; init; } = new();

    /// <summary>Whether disposing the writer leaves the stream open.</summary>
    public bool LeaveOpen { get; init; }
}
