namespace Sonde.Cli.Frames;

/// <summary>What went over one flow, either way.</summary>
internal record struct FlowCount
{
    /// <summary>From the smaller endpoint, which stands as local in the key.</summary>
    internal FrameCount FromLocal { get; set; }

    internal FrameCount FromRemote { get; set; }

    internal long? FirstNanoseconds { get; set; }

    internal long? LastNanoseconds { get; set; }

    internal ApplicationKind Application { get; set; }

    /// <summary>The first name that a packet of the flow told; null when none did.</summary>
    internal string? Name { get; set; }
}
