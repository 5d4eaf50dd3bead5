namespace Sonde.Link;

/// <summary>Who looked at the clock when a frame was given its time.</summary>
public enum FrameClock
{
    /// <summary>Nobody: the frame has no time.</summary>
    None = 0,

    /// <summary>The kernel, when it took the frame from the driver; the host's wall clock.</summary>
    Kernel,

    /// <summary>The network card; a clock of its own, which need not agree with the host's.</summary>
    Hardware,

    /// <summary>This process, when it took the frame from the system: later than the frame by the time that it waited.</summary>
    Process,
}
