namespace Sonde.Link;

/// <summary>What a device is tuned for.</summary>
public enum FrameMode
{
    /// <summary>Every frame at any rate: frames arrive in large blocks, some milliseconds late.</summary>
    Capture = 0,

    /// <summary>Each frame at once, for those who answer: no buffering in blocks, wait or bounded spin.</summary>
    Latency,

    /// <summary>Linux AF_XDP: frames bypass the network stack, which then does not see them; never chosen unless asked for.</summary>
    Xdp,
}
