namespace Sonde.Packets.Files;

/// <summary>When a running capture goes on in a new file. What is null does not count.</summary>
public sealed record CaptureRotationOptions
{
    /// <summary>The most bytes in one file; only a single record larger than this makes a larger one.</summary>
    public long? MaximumBytes { get; init; }

    /// <summary>The most packets in one file.</summary>
    public long? MaximumPackets { get; init; }

    /// <summary>The longest time that one file covers.</summary>
    public TimeSpan? MaximumTime { get; init; }

    /// <summary>The most files kept: when one more begins, the oldest can go.</summary>
    public int? MaximumFiles { get; init; }
}
