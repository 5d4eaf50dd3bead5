namespace Sonde.Link;

/// <summary>What became of the frames since a device was opened: 64-bit totals that mean the same on every system.</summary>
/// <remarks>Null means that this system does not tell, never zero.</remarks>
public readonly record struct FrameStatistics
{
    /// <summary>Frames that were handed out.</summary>
    public long Delivered { get; init; }

    /// <summary>Frames that passed the filter and were lost because the buffer was full.</summary>
    public long? Dropped { get; init; }

    /// <summary>Frames that the interface or its driver lost before the system could show them, since the device was opened.</summary>
    public long? DroppedByInterface { get; init; }

    /// <summary>Delivered frames that <see cref="FrameDevice.ReadFramesAsync"/> threw away because whoever awaits them did not keep up.</summary>
    public long DroppedUnread { get; init; }

    /// <summary>Delivered frames that were cut to the snap length.</summary>
    public long Cut { get; init; }

    /// <summary>Frames that a filter of this process, not of the kernel, turned away.</summary>
    public long FilteredHere { get; init; }

    /// <summary>Records of the system that made no sense and were skipped.</summary>
    public long Malformed { get; init; }

    /// <summary>How often the buffer was full and reception stood still, where the system counts that.</summary>
    public long? Stalls { get; init; }

    /// <summary>How often the interface went down while the device was open.</summary>
    public long InterfaceDowns { get; init; }

    /// <summary>Frames that the system accepted for sending.</summary>
    public long Sent { get; init; }

    /// <summary>How often the system did not accept a frame for now, because a queue was full.</summary>
    public long SendRefusals { get; init; }
}
