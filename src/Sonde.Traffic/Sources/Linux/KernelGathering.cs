using System.Runtime.InteropServices;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>
/// What one processor gathered since the last drain: the flows that it counted last, which need neither the table nor another processor's memory
/// while they go on.
/// </summary>
/// <remarks>
/// A flow has one place, by some bits of its key. Another one that comes to the same place moves the counters that stand there into the table.
/// One program at a time has the places of a processor: one that interrupts it there adds to the table instead.
/// </remarks>
internal static class KernelGathering
{
    internal const int Busy = 0;
    internal const int Overflow = 8; // what found the table full
    internal const int Flows = 64;
    internal const int FlowShift = 7;
    internal const int FlowSize = 1 << FlowShift; // a key and a value, and some room
    internal const int FlowCount = 16;
    internal const int Size = Flows + (FlowCount * FlowSize);

    /// <summary>What one processor found the table full for.</summary>
    internal static TrafficCounters ReadOverflow(ReadOnlySpan<byte> places) => KernelFlow.ReadCounters(places[Overflow..]);

    /// <summary>Tells the flows that stand in the places of one processor.</summary>
    internal static void Read(ReadOnlySpan<byte> places, ITrafficSink sink)
    {
        for (int at = Flows; at < Size; at += FlowSize)
        {
            if (MemoryMarshal.Read<ulong>(places[(at + KernelFlow.Cookie)..]) != 0)
            {
                sink.Count(KernelFlow.Read(places.Slice(at, KernelFlow.KeySize), places.Slice(at + KernelFlow.KeySize, KernelFlow.ValueSize)));
            }
        }
    }
}
