using System.Diagnostics;

namespace Sonde.Host.Interfaces;

/// <summary>What an interface moved per second between two readings, by the time that really passed.</summary>
/// <param name="Elapsed">The time between the two readings of the counters.</param>
/// <param name="ReceivedBytesPerSecond">Bytes received per second.</param>
/// <param name="ReceivedPacketsPerSecond">Packets received per second.</param>
/// <param name="SentBytesPerSecond">Bytes sent per second.</param>
/// <param name="SentPacketsPerSecond">Packets sent per second.</param>
/// <param name="ErrorsPerSecond">Errors per second, both ways.</param>
/// <param name="DropsPerSecond">Drops per second, both ways where both are counted.</param>
public sealed record InterfaceRates(
    TimeSpan Elapsed,
    double ReceivedBytesPerSecond,
    double ReceivedPacketsPerSecond,
    double SentBytesPerSecond,
    double SentPacketsPerSecond,
    double ErrorsPerSecond,
    double DropsPerSecond)
{
    /// <summary>The rates of one interface between two snapshots.</summary>
    /// <param name="earlier">The earlier snapshot; null when there is none yet.</param>
    /// <param name="later">The later snapshot.</param>
    /// <param name="index">The interface's index.</param>
    /// <returns>The rates, or why there are none: the first reading, an interface that is new, counters that were reset.</returns>
    public static Reading<InterfaceRates> Between(InterfaceSnapshot? earlier, InterfaceSnapshot later, int index)
    {
        ArgumentNullException.ThrowIfNull(later);
        if (earlier is null)
        {
            return Reading.NotCollected<InterfaceRates>("a rate needs two readings");
        }

        NetworkInterface? now = Find(later, index);
        NetworkInterface? before = Find(earlier, index);
        if (now is null)
        {
            return Reading.Gone<InterfaceRates>();
        }

        // The system gives an index again after some time: the name tells.
        if (before is null || before.Name != now.Name)
        {
            return Reading.NotCollected<InterfaceRates>("the interface is new");
        }

        if (!now.Counters.HasValue)
        {
            return new Reading<InterfaceRates>(now.Counters.Status, null, now.Counters.Reason);
        }

        return before.Counters.TryGetValue(out InterfaceCounters? old)
            ? Between(old, now.Counters.Value, Stopwatch.GetElapsedTime(earlier.Timestamp, later.Timestamp))
            : Reading.NotCollected<InterfaceRates>("the counters could not be read before");
    }

    internal static Reading<InterfaceRates> Between(InterfaceCounters old, InterfaceCounters now, TimeSpan elapsed)
    {
        if (elapsed <= TimeSpan.Zero)
        {
            return Reading.NotCollected<InterfaceRates>("no time passed between the two readings");
        }

        if (now.ReceivedBytes < old.ReceivedBytes || now.SentBytes < old.SentBytes
            || now.ReceivedPackets < old.ReceivedPackets || now.SentPackets < old.SentPackets)
        {
            return Reading.None<InterfaceRates>("the counters were reset");
        }

        double seconds = elapsed.TotalSeconds;
        ulong oldErrors = old.ReceiveErrors + old.SendErrors;
        ulong newErrors = now.ReceiveErrors + now.SendErrors;
        ulong oldDrops = old.ReceiveDrops + old.SendDrops.GetValueOrDefault(0);
        ulong newDrops = now.ReceiveDrops + now.SendDrops.GetValueOrDefault(0);
        return new InterfaceRates(
            elapsed,
            (now.ReceivedBytes - old.ReceivedBytes) / seconds,
            (now.ReceivedPackets - old.ReceivedPackets) / seconds,
            (now.SentBytes - old.SentBytes) / seconds,
            (now.SentPackets - old.SentPackets) / seconds,
            newErrors >= oldErrors ? (newErrors - oldErrors) / seconds : 0,
            newDrops >= oldDrops ? (newDrops - oldDrops) / seconds : 0);
    }

    private static NetworkInterface? Find(InterfaceSnapshot snapshot, int index)
    {
        foreach (NetworkInterface candidate in snapshot.Interfaces)
        {
            if (candidate.Index == index)
            {
                return candidate;
            }
        }

        return null;
    }
}
