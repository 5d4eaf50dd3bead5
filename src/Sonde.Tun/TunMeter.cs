using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sonde.Tun;

/// <summary>The counters of all open queues as instruments of System.Diagnostics.Metrics, meter "Sonde.Tun": read when somebody collects, free when nobody does.</summary>
internal static class TunMeter
{
    /// <summary>The meter's name.</summary>
    internal const string Name = "Sonde.Tun";

    private static readonly ConcurrentDictionary<TunQueue, byte> s_queues = new();
    private static readonly Meter s_meter = new(Name);

    static TunMeter()
    {
        s_meter.CreateObservableCounter(
            "sonde.tun.packets",
            static () => Observe([("receive", static c => c.ReceivedPackets), ("transmit", static c => c.SentPackets)], "direction"),
            "{packet}",
            "Packets that crossed the queue, as the caller sees them.");
        s_meter.CreateObservableCounter(
            "sonde.tun.io",
            static () => Observe([("receive", static c => c.ReceivedBytes), ("transmit", static c => c.SentBytes)], "direction"),
            "By",
            "Bytes of those packets, IP headers included.");
        s_meter.CreateObservableCounter(
            "sonde.tun.calls",
            static () => Observe([("receive", static c => c.ReceiveCalls), ("transmit", static c => c.SendCalls)], "direction"),
            "{call}",
            "Exchanges with the system: calls, or slots of a ring.");
        s_meter.CreateObservableCounter(
            "sonde.tun.dropped",
            static () => Observe(
                [("full", static c => c.DroppedFull), ("down", static c => c.DroppedDown), ("invalid", static c => c.DroppedInvalid), ("failed", static c => c.DroppedFailed), ("malformed", static c => c.MalformedReceived)],
                "reason"),
            "{packet}",
            "Packets that were dropped, by reason.");
        s_meter.CreateObservableCounter(
            "sonde.tun.super_packets",
            static () => Observe([("split", static c => c.SuperPacketsSplit), ("built", static c => c.SuperPacketsBuilt)], "action"),
            "{packet}",
            "Super-packets split for the caller or built out of its packets.");
        s_meter.CreateObservableCounter(
            "sonde.tun.waits",
            static () => Observe([("sleep", static c => c.Waits), ("spin", static c => c.SpinHits)], "kind"),
            "{wait}",
            "Times the reader slept, or was spared it by spinning.");
    }

    internal static void Add(TunQueue queue) => s_queues.TryAdd(queue, 0);

    internal static void Remove(TunQueue queue) => s_queues.TryRemove(queue, out _);

    private static IEnumerable<Measurement<long>> Observe((string Value, Func<TunCounters, long> Read)[] series, string tag)
    {
        foreach (TunQueue queue in s_queues.Keys)
        {
            TunCounters counters = queue.Counters;
            foreach ((string value, Func<TunCounters, long> read) in series)
            {
                yield return new Measurement<long>(
                    read(counters),
                    new KeyValuePair<string, object?>("device", queue.Device.Name),
                    new KeyValuePair<string, object?>("queue", queue.Index),
                    new KeyValuePair<string, object?>(tag, value));
            }
        }
    }
}
