namespace Sonde.Link;

/// <summary>What ended a wait for frames.</summary>
public enum FrameWait
{
    /// <summary>The time is over and there is no frame.</summary>
    TimedOut = 0,

    /// <summary>There are frames to receive.</summary>
    Ready,

    /// <summary>The wait was cancelled, or the device disposed.</summary>
    Stopped,
}
