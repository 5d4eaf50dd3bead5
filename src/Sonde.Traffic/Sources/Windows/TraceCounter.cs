using System.Runtime.InteropServices;
using Sonde.Interop.Windows.Etw;
using Sonde.Packets;

namespace Sonde.Traffic.Sources.Windows;

/// <summary>Adds up the kernel's network events by flow, without allocating, until somebody takes the sums.</summary>
/// <remarks>One thread adds, another takes.</remarks>
internal sealed class TraceCounter(int capacity)
{
    private readonly Lock _lock = new();
    private Dictionary<TraceFlow, TraceCounts> _filling = [];
    private Dictionary<TraceFlow, TraceCounts> _taken = [];
    private TrafficCounters _overflow;
    private long _malformed;

    /// <summary>How many flows it can hold.</summary>
    internal int Capacity => capacity;

    /// <summary>Events that were cut.</summary>
    internal long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Adds an event.</summary>
    internal void Add(in EtwRecord record)
    {
        if (!KernelNetworkEvent.IsOne(record))
        {
            return;
        }

        if (!KernelNetworkEvent.TryParse(record, out KernelNetworkEvent told))
        {
            Interlocked.Increment(ref _malformed);
            return;
        }

        bool isReceived = told.Kind == KernelNetworkKind.Received;
        bool isData = isReceived || told.Kind == KernelNetworkKind.Sent;
        var flow = new TraceFlow(new FlowKey(told.Protocol, told.Source, told.Destination), told.Pid, isReceived);
        lock (_lock)
        {
            if (_filling.Count >= capacity && !_filling.ContainsKey(flow))
            {
                _overflow += isData ? new TraceCounts { Bytes = told.Bytes, Events = 1 }.For(isReceived) : default;
                return;
            }

            ref TraceCounts counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_filling, flow, out _);
            counts.Bytes += isData ? told.Bytes : 0;
            counts.Events += isData ? 1 : 0;
            counts.Signs |= told.Kind switch
            {
                KernelNetworkKind.Connected => FlowSigns.Opened,
                KernelNetworkKind.Accepted => FlowSigns.Accepted,
                KernelNetworkKind.Disconnected => FlowSigns.FinishedHere | FlowSigns.FinishedThere,
                _ => FlowSigns.None,
            };
        }
    }

    /// <summary>Takes everything that was added since the last time; the table is good until the next time.</summary>
    /// <param name="overflow">What found the table full.</param>
    internal Dictionary<TraceFlow, TraceCounts> Take(out TrafficCounters overflow)
    {
        _taken.Clear();
        lock (_lock)
        {
            (_filling, _taken) = (_taken, _filling);
            overflow = _overflow;
            _overflow = default;
        }

        return _taken;
    }
}
