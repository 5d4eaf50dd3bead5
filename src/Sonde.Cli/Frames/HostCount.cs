namespace Sonde.Cli.Frames;

/// <summary>What one address sent and received.</summary>
internal record struct HostCount
{
    internal FrameCount Sent { get; set; }

    internal FrameCount Received { get; set; }
}
