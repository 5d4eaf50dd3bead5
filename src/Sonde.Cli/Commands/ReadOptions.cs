using Sonde.Cli.Frames;
using Sonde.Cli.Output;
using Sonde.Packets.Files;

namespace Sonde.Cli.Commands;

/// <summary>What was asked of `sonde read`.</summary>
internal sealed record ReadOptions
{
    internal required string Path { get; init; }

    internal required FrameFilter Filter { get; init; }

    internal OutputFormat Format { get; init; }

    internal FrameTime Time { get; init; }

    internal bool Nanoseconds { get; init; }

    /// <summary>How many packets that pass are shown at most.</summary>
    internal long? Count { get; init; }

    /// <summary>How many packets that pass are left out first.</summary>
    internal long Skip { get; init; }

    internal bool Stats { get; init; }

    /// <summary>How many entries of each table of the statistics are printed.</summary>
    internal int? Top { get; init; }

    /// <summary>How many hosts and flows the statistics remember.</summary>
    internal int TableSize { get; init; }

    internal string? Write { get; init; }

    internal CaptureFormat FileFormat { get; init; }

    /// <summary>Whether packets are printed although they are written, too.</summary>
    internal bool Print { get; init; }
}
