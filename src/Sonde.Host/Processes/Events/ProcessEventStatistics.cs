namespace Sonde.Host.Processes.Events;

/// <summary>What a source of events has received, told and missed since it was opened; every number only grows, but for <see cref="Known"/> and <see cref="Waiting"/>.</summary>
public sealed record ProcessEventStatistics
{
    /// <summary>Messages that the system sent, those about threads and others that nobody asked for included; 0 where nothing is sent and the table is compared.</summary>
    public long Received { get; init; }

    /// <summary>Events that were made of them, or found.</summary>
    public long Events { get; init; }

    /// <summary>Messages that the system says, or whose numbering shows, were lost before they reached this process.</summary>
    public long LostBySystem { get; init; }

    /// <summary>How often the system said that it lost messages without saying how many; <see cref="LostBySystem"/> has those that the numbering showed afterwards.</summary>
    public long Overflows { get; init; }

    /// <summary>Events that were thrown away because the caller did not read them in time.</summary>
    public long LostByReader { get; init; }

    /// <summary>Messages that were cut, or made no sense.</summary>
    public long Malformed { get; init; }

    /// <summary>How often the process table was read for comparison.</summary>
    public long Comparisons { get; init; }

    /// <summary>Events that only a comparison found.</summary>
    public long Found { get; init; }

    /// <summary>Events whose process had ended before anything of it could be read.</summary>
    public long Unread { get; init; }

    /// <summary>How many processes are known to live now.</summary>
    public int Known { get; init; }

    /// <summary>How many events wait to be read.</summary>
    public int Waiting { get; init; }
}
