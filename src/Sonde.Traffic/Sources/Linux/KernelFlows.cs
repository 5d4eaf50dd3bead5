using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Where the programs in the kernel count: two tables of flows, and two sets of places in which each processor gathers first.</summary>
/// <remarks>
/// Of each, one is being filled. Reading turns to the others: once the kernel has put the other table in place no program writes to the first ones
/// any more, and they are read and emptied at leisure, so that every byte is told once and none is lost between.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class KernelFlows : IDisposable
{
    private const int Sides = 2;
    private readonly BpfMap[] _tables = new BpfMap[Sides];
    private readonly BpfMapScan[] _scans = new BpfMapScan[Sides];
    private readonly byte[] _gathered;
    private readonly byte[] _nothing;
    private TrafficCounters _overflowed;
    private int _filling;
    private long _last;
    private long _most;

    internal KernelFlows(TrafficOptions options)
    {
        try
        {
            for (int i = 0; i < Sides; i++)
            {
                _tables[i] = BpfMap.Create(BpfMapType.Hash, $"sonde_flows_{"ab"[i]}", KernelFlow.KeySize, KernelFlow.ValueSize, options.MaxKernelFlows);
                _scans[i] = new BpfMapScan(_tables[i], 1024, take: true);
            }

            Holder = BpfMap.CreateHolder("sonde_flows", _tables[0]);
            Side = BpfMap.Create(BpfMapType.Array, "sonde_side", sizeof(uint), sizeof(int), 1);
            Gathered = BpfMap.Create(BpfMapType.PerCpuArray, "sonde_gathered", sizeof(uint), KernelGathering.Size, Sides);
            _gathered = new byte[Gathered.ValueSize];
            _nothing = new byte[Gathered.ValueSize];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Holds the table that is being filled.</summary>
    internal BpfMap Holder { get; } = null!; // the constructor fills it or throws

    /// <summary>One number: in which places processors gather now.</summary>
    internal BpfMap Side { get; } = null!; // the same

    /// <summary>The places of each processor, as <see cref="KernelGathering"/> lays them out.</summary>
    internal BpfMap Gathered { get; } = null!; // the same

    /// <summary>How full the table was that the last <see cref="Drain"/> emptied, from 0 to 1.</summary>
    internal double Fullness => (double)_last / _tables[0].MaxEntries;

    /// <summary>Tells everything that was counted since the last call, each byte once.</summary>
    internal void Drain(ITrafficSink sink)
    {
        int full = _filling;
        _filling = 1 - full;
        Side.Update(Number(0), Number(_filling));
        Holder.Exchange(_tables[_filling]);
        DrainGathered(full, sink);
        DrainTable(full, sink);
    }

    /// <summary>Adds what was lost since the start, and how full the tables were.</summary>
    internal void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
    {
        losses.Add(new TrafficLoss("packets beyond the kernel's table of flows (counted, but of no flow)", _overflowed.Packets, _overflowed.Bytes));
        fillLevels.Add(new FillLevel("kernel flows", _most, _tables[0].MaxEntries, 0));
        _most = 0;
    }

    public void Dispose()
    {
        Gathered?.Dispose();
        Side?.Dispose();
        Holder?.Dispose();
        foreach (BpfMap? table in _tables)
        {
            table?.Dispose();
        }
    }

    private static ReadOnlySpan<byte> Number(in int number) => MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in number));

    private void DrainGathered(int side, ITrafficSink sink)
    {
        if (!Gathered.TryLookup(Number(side), _gathered) || !_gathered.AsSpan().ContainsAnyExcept((byte)0))
        {
            return;
        }

        Gathered.Update(Number(side), _nothing);
        TrafficCounters overflowed = default;
        for (int at = 0; at < _gathered.Length; at += KernelGathering.Size)
        {
            ReadOnlySpan<byte> places = _gathered.AsSpan(at, KernelGathering.Size);
            overflowed += KernelGathering.ReadOverflow(places);
            KernelGathering.Read(places, sink);
        }

        if (overflowed != default)
        {
            _overflowed += overflowed;
            sink.CountOverflow(overflowed);
        }
    }

    private void DrainTable(int side, ITrafficSink sink)
    {
        long flows = 0;
        BpfMapScan scan = _scans[side];
        scan.Reset();
        while (scan.MoveNext())
        {
            flows += scan.Count;
            for (int i = 0; i < scan.Count; i++)
            {
                sink.Count(KernelFlow.Read(scan.Key(i), scan.Value(i)));
            }
        }

        _last = flows;
        _most = Math.Max(_most, flows);
    }
}
