namespace Sonde.Interop.Windows;

/// <summary>What a pcap_t is told before it is activated.</summary>
internal readonly record struct PcapSettings
{
    /// <summary>The most bytes of a frame.</summary>
    internal int SnapLength { get; init; }

    /// <summary>Whether frames for other stations are wanted too.</summary>
    internal bool Promiscuous { get; init; }

    /// <summary>Whether the driver hands over each frame at once, instead of waiting until 16,000 bytes are together.</summary>
    internal bool Immediate { get; init; }

    /// <summary>The size of the driver's buffer, in bytes.</summary>
    internal int BufferSize { get; init; }

    /// <summary>How long a blocking read would wait, in milliseconds.</summary>
    internal int TimeoutMilliseconds { get; init; }
}
