namespace Sonde.Tun;

/// <summary>What went through a queue since it was opened, and what did not.</summary>
/// <remarks>Packets are as the caller sees them; what the system exchanged is <see cref="ReceiveCalls"/> and <see cref="SendCalls"/>.</remarks>
public readonly record struct TunCounters
{
    /// <summary>Packets handed to the caller.</summary>
    public long ReceivedPackets { get; init; }

    /// <summary>Their bytes, IP headers included.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>Packets that the device accepted.</summary>
    public long SentPackets { get; init; }

    /// <summary>Their bytes.</summary>
    public long SentBytes { get; init; }

    /// <summary>Reads that the system served (system calls on Linux and macOS, ring slots on Windows).</summary>
    public long ReceiveCalls { get; init; }

    /// <summary>Writes that the system took.</summary>
    public long SendCalls { get; init; }

    /// <summary>Packets dropped because the device had no room, after the full policy had its way.</summary>
    public long DroppedFull { get; init; }

    /// <summary>Packets dropped because the device was down.</summary>
    public long DroppedDown { get; init; }

    /// <summary>Packets that were refused as malformed or too long, by the system or before it.</summary>
    public long DroppedInvalid { get; init; }

    /// <summary>Packets dropped because the device was gone or failed.</summary>
    public long DroppedFailed { get; init; }

    /// <summary>Received super-packets whose description contradicted their bytes; they were dropped.</summary>
    public long MalformedReceived { get; init; }

    /// <summary>Super-packets split for the caller.</summary>
    public long SuperPacketsSplit { get; init; }

    /// <summary>Super-packets built out of the caller's packets.</summary>
    public long SuperPacketsBuilt { get; init; }

    /// <summary>Times the reader had to sleep.</summary>
    public long Waits { get; init; }

    /// <summary>Times a packet came while the reader was still spinning, so that it did not sleep.</summary>
    public long SpinHits { get; init; }

    /// <summary>Times the device had no room at first.</summary>
    public long FullEvents { get; init; }

    /// <summary>Sessions that were started anew after the driver's ring was found corrupt (Windows).</summary>
    public long Restarts { get; init; }

    /// <summary>Times an offload was switched off while running because the system refused what it had granted.</summary>
    public long Downgrades { get; init; }

    /// <summary>Leases that were given up without being sent, and cancelled.</summary>
    public long LeasesCancelled { get; init; }

    /// <summary>Both sides' counters added up.</summary>
    public static TunCounters operator +(TunCounters left, TunCounters right) => new()
    {
        ReceivedPackets = left.ReceivedPackets + right.ReceivedPackets,
        ReceivedBytes = left.ReceivedBytes + right.ReceivedBytes,
        SentPackets = left.SentPackets + right.SentPackets,
        SentBytes = left.SentBytes + right.SentBytes,
        ReceiveCalls = left.ReceiveCalls + right.ReceiveCalls,
        SendCalls = left.SendCalls + right.SendCalls,
        DroppedFull = left.DroppedFull + right.DroppedFull,
        DroppedDown = left.DroppedDown + right.DroppedDown,
        DroppedInvalid = left.DroppedInvalid + right.DroppedInvalid,
        DroppedFailed = left.DroppedFailed + right.DroppedFailed,
        MalformedReceived = left.MalformedReceived + right.MalformedReceived,
        SuperPacketsSplit = left.SuperPacketsSplit + right.SuperPacketsSplit,
        SuperPacketsBuilt = left.SuperPacketsBuilt + right.SuperPacketsBuilt,
        Waits = left.Waits + right.Waits,
        SpinHits = left.SpinHits + right.SpinHits,
        FullEvents = left.FullEvents + right.FullEvents,
        Restarts = left.Restarts + right.Restarts,
        Downgrades = left.Downgrades + right.Downgrades,
        LeasesCancelled = left.LeasesCancelled + right.LeasesCancelled,
    };

    /// <summary>Both sides' counters added up.</summary>
    public static TunCounters Add(TunCounters left, TunCounters right) => left + right;
}
