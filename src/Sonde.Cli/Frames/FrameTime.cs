namespace Sonde.Cli.Frames;

/// <summary>How the time of a frame is printed for people.</summary>
internal enum FrameTime
{
    /// <summary>Time of day where this host is.</summary>
    Local = 0,

    /// <summary>Time of day in UTC.</summary>
    Utc,

    /// <summary>Date and time where this host is.</summary>
    Date,

    /// <summary>Date and time in UTC.</summary>
    UtcDate,

    /// <summary>Seconds since 1970.</summary>
    Epoch,

    /// <summary>Since the frame printed before.</summary>
    Delta,

    /// <summary>Since the first frame printed.</summary>
    Elapsed,

    /// <summary>Not at all.</summary>
    None,
}
