using Sonde.Cli.Output;

namespace Sonde.Cli.Commands;

/// <summary>What was asked of `sonde send`.</summary>
internal sealed record SendOptions
{
    internal required string Interface { get; init; }

    internal required string Path { get; init; }

    /// <summary>Frames a second; null to keep the times of the file, infinity for as fast as they are taken.</summary>
    internal double? RatePerSecond { get; init; }

    internal long Loop { get; init; }

    /// <summary>How many frames are sent at most.</summary>
    internal long? Count { get; init; }

    internal bool BypassQueue { get; init; }

    internal OutputFormat Format { get; init; }
}
