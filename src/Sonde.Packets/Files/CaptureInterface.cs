namespace Sonde.Packets.Files;

/// <summary>Where packets of a capture file were captured: what the file tells of it, or what a writer is to tell.</summary>
public sealed record CaptureInterface
{
    /// <summary>What the interface's packets begin with.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>The interface's number within its section of the file; a writer gives its own.</summary>
    public int Id { get; init; }

    /// <summary>The most bytes kept of a packet; 0 for no limit.</summary>
    public uint SnapLength { get; init; }

    /// <summary>The system's name of the interface ("eth0"), if told.</summary>
    public string? Name { get; init; }

    /// <summary>What a person calls the interface, if told.</summary>
    public string? Description { get; init; }

    /// <summary>The capture filter that was in force, if told.</summary>
    public string? Filter { get; init; }

    /// <summary>The operating system that the interface belonged to, if told.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>The interface's hardware, if told.</summary>
    public string? Hardware { get; init; }

    /// <summary>A remark on the interface, if any.</summary>
    public string? Comment { get; init; }

    /// <summary>The interface's speed in bits per second, if told.</summary>
    public ulong? SpeedBitsPerSecond { get; init; }

    /// <summary>How many bytes of frame check sequence end each packet, if told.</summary>
    public int? FcsLength { get; init; }

    /// <summary>The unit of the timestamps in the file; packets are handed out in nanoseconds whatever it is. Writers use nanoseconds.</summary>
    public TimestampResolution Resolution { get; init; } = TimestampResolution.Microseconds;

    /// <summary>What was added to the file's timestamps, in seconds. Writers use 0.</summary>
    public long TimestampOffsetSeconds { get; init; }
}
