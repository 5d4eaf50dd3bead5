namespace Sonde.Tun;

/// <summary>How a receive or a send ended. The data path answers with one of these and never throws for what the system or another process does.</summary>
public enum TunStatus
{
    /// <summary>Packets were received, or every packet was accepted.</summary>
    Ok = 0,

    /// <summary>There was nothing to receive (within the time given).</summary>
    Empty,

    /// <summary>The device had no room for all packets, for as long as the queue's <see cref="TunFullPolicy"/> allows; what did not fit was dropped and counted.</summary>
    Full,

    /// <summary>The device is down: what was to be sent was dropped and counted.</summary>
    Down,

    /// <summary>The system refused one packet or more as malformed (no IP version, lying offsets, too long); they were dropped and counted.</summary>
    Invalid,

    /// <summary>Another thread is receiving from this queue; a queue has one reader.</summary>
    Busy,

    /// <summary>This side closed the queue.</summary>
    Closed,

    /// <summary>The device was deleted, or its driver ended the session; the queue will not come back.</summary>
    Gone,

    /// <summary>The system failed in another way; <see cref="TunQueue.LastError"/> has its number.</summary>
    Failed,
}
