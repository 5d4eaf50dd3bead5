namespace Sonde.Traffic;

/// <summary>What went over a socket, a connection, a process or an interface.</summary>
/// <param name="ReceivedBytes">Bytes received: IP packets with their headers where packets are counted, payload where only the system's TCP counters are.</param>
/// <param name="SentBytes">Bytes sent, counted alike.</param>
/// <param name="ReceivedPackets">Packets received, as the wire carries them: a super-packet of the kernel counts as what it was made of.</param>
/// <param name="SentPackets">Packets sent, counted alike.</param>
/// <param name="ReceivedUnits">How many pieces the host handled for that: a super-packet is one.</param>
/// <param name="SentUnits">How many pieces the host handed down.</param>
public readonly record struct TrafficCounters(
    long ReceivedBytes,
    long SentBytes,
    long ReceivedPackets = 0,
    long SentPackets = 0,
    long ReceivedUnits = 0,
    long SentUnits = 0)
{
    /// <summary>Both directions together.</summary>
    public long Bytes => ReceivedBytes + SentBytes;

    /// <summary>Both directions together.</summary>
    public long Packets => ReceivedPackets + SentPackets;

    /// <summary>The sum, number by number.</summary>
    public static TrafficCounters operator +(TrafficCounters left, TrafficCounters right) => new(
        left.ReceivedBytes + right.ReceivedBytes,
        left.SentBytes + right.SentBytes,
        left.ReceivedPackets + right.ReceivedPackets,
        left.SentPackets + right.SentPackets,
        left.ReceivedUnits + right.ReceivedUnits,
        left.SentUnits + right.SentUnits);

    /// <summary>The difference, number by number.</summary>
    public static TrafficCounters operator -(TrafficCounters left, TrafficCounters right) => new(
        left.ReceivedBytes - right.ReceivedBytes,
        left.SentBytes - right.SentBytes,
        left.ReceivedPackets - right.ReceivedPackets,
        left.SentPackets - right.SentPackets,
        left.ReceivedUnits - right.ReceivedUnits,
        left.SentUnits - right.SentUnits);

    /// <summary>The sum, number by number.</summary>
    public static TrafficCounters Add(TrafficCounters left, TrafficCounters right) => left + right;

    /// <summary>The difference, number by number.</summary>
    public static TrafficCounters Subtract(TrafficCounters left, TrafficCounters right) => left - right;
}
