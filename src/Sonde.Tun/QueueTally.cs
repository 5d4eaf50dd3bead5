namespace Sonde.Tun;

/// <summary>The counters of a queue while they run: receive fields are written by the one reader, send fields under the send lock, and read by anybody.</summary>
internal sealed class QueueTally
{
    internal long ReceivedPackets;
    internal long ReceivedBytes;
    internal long SentPackets;
    internal long SentBytes;
    internal long ReceiveCalls;
    internal long SendCalls;
    internal long DroppedFull;
    internal long DroppedDown;
    internal long DroppedInvalid;
    internal long DroppedFailed;
    internal long MalformedReceived;
    internal long SuperPacketsSplit;
    internal long SuperPacketsBuilt;
    internal long Waits;
    internal long SpinHits;
    internal long FullEvents;
    internal long Restarts;
    internal long Downgrades;
    internal long LeasesCancelled;

    internal TunCounters Read() => new()
    {
        ReceivedPackets = Volatile.Read(ref ReceivedPackets),
        ReceivedBytes = Volatile.Read(ref ReceivedBytes),
        SentPackets = Volatile.Read(ref SentPackets),
        SentBytes = Volatile.Read(ref SentBytes),
        ReceiveCalls = Volatile.Read(ref ReceiveCalls),
        SendCalls = Volatile.Read(ref SendCalls),
        DroppedFull = Volatile.Read(ref DroppedFull),
        DroppedDown = Volatile.Read(ref DroppedDown),
        DroppedInvalid = Volatile.Read(ref DroppedInvalid),
        DroppedFailed = Volatile.Read(ref DroppedFailed),
        MalformedReceived = Volatile.Read(ref MalformedReceived),
        SuperPacketsSplit = Volatile.Read(ref SuperPacketsSplit),
        SuperPacketsBuilt = Volatile.Read(ref SuperPacketsBuilt),
        Waits = Volatile.Read(ref Waits),
        SpinHits = Volatile.Read(ref SpinHits),
        FullEvents = Volatile.Read(ref FullEvents),
        Restarts = Volatile.Read(ref Restarts),
        Downgrades = Volatile.Read(ref Downgrades),
        LeasesCancelled = Volatile.Read(ref LeasesCancelled),
    };
}
