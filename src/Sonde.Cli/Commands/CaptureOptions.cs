using Sonde.Cli.Frames;
using Sonde.Cli.Output;
using Sonde.Link;
using Sonde.Packets.Files;

namespace Sonde.Cli.Commands;

/// <summary>What was asked of `sonde capture`.</summary>
internal sealed record CaptureOptions
{
    internal required IReadOnlyList<string> Interfaces { get; init; }

    internal required FrameFilter Filter { get; init; }

    internal FrameMode Mode { get; init; }

    internal int SnapLength { get; init; }

    internal bool Promiscuous { get; init; }

    internal FrameDirections Directions { get; init; }

    /// <summary>The size of each interface's buffer in bytes.</summary>
    internal int BufferSize { get; init; }

    internal bool HardwareTimestamps { get; init; }

    /// <summary>How many frames end the capture.</summary>
    internal long? Count { get; init; }

    /// <summary>How long the capture lasts.</summary>
    internal TimeSpan? Duration { get; init; }

    internal string? Write { get; init; }

    internal CaptureFormat FileFormat { get; init; }

    /// <summary>When to go on in a new file; null when there is one file.</summary>
    internal CaptureRotationOptions? Rotation { get; init; }

    internal OutputFormat Format { get; init; }

    internal FrameTime Time { get; init; }

    internal bool Nanoseconds { get; init; }

    /// <summary>Whether frames are printed although they are written, too.</summary>
    internal bool Print { get; init; }

    internal bool Stats { get; init; }
}
