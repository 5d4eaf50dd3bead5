using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>Some performance counters of Windows, read together.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class PerformanceQuery : IDisposable
{
    private const int MaxItemBytes = 4 * 1024 * 1024;
    private readonly PerformanceQueryHandle _query;
    private byte[] _items = new byte[4096];

    private PerformanceQuery(PerformanceQueryHandle query) => _query = query;

    /// <summary>Opens a query of this host's counters.</summary>
    /// <returns>0, or the status of PDH.</returns>
    internal static int Open(out PerformanceQuery? query)
    {
        nint opened = 0;

        // SAFETY: the handle is a local.
        int status = Pdh.PdhOpenQueryW(null, 0, &opened);
        query = status == 0 ? new PerformanceQuery(new PerformanceQueryHandle(opened)) : null;
        return status;
    }

    /// <summary>Adds a counter by its English name, whatever language Windows speaks.</summary>
    /// <param name="path">"\Memory\Available Bytes".</param>
    /// <param name="counter">What to read it by.</param>
    /// <returns>0, or the status of PDH.</returns>
    internal int Add(string path, out nint counter)
    {
        nint added = 0;

        // SAFETY: the handle is a local.
        int status = Pdh.PdhAddEnglishCounterW(_query, path, 0, &added);
        counter = added;
        return status;
    }

    /// <summary>Takes a sample of every counter. Rates need two.</summary>
    internal int Collect() => Pdh.PdhCollectQueryData(_query);

    /// <summary>Reads a counter of one instance.</summary>
    internal static int Read(nint counter, out double result)
    {
        PDH_FMT_COUNTERVALUE value = default;

        // SAFETY: the value is a local, and the type is not asked for.
        int status = Pdh.PdhGetFormattedCounterValue(counter, Pdh.PDH_FMT_DOUBLE, null, &value);
        result = value.doubleValue;
        return status != 0 ? status : value.CStatus > 1 ? unchecked((int)value.CStatus) : 0; // 0 is valid data, 1 new data
    }

    /// <summary>Reads a counter of many instances, and adds them up.</summary>
    internal int ReadSum(nint counter, out double result)
    {
        result = 0;
        while (true)
        {
            uint size = (uint)_items.Length;
            uint count = 0;
            int status;
            fixed (byte* items = _items)
            {
                // SAFETY: the room is told.
                status = Pdh.PdhGetFormattedCounterArrayW(counter, Pdh.PDH_FMT_DOUBLE, &size, &count, items);
            }

            if (status == Pdh.PDH_MORE_DATA && _items.Length < MaxItemBytes)
            {
                _items = new byte[Math.Clamp(size, _items.Length * 2, MaxItemBytes)];
                continue;
            }

            if (status == 0)
            {
                result = Sum(_items, count);
            }

            return status;
        }
    }

    public void Dispose() => _query.Dispose();

    private static double Sum(ReadOnlySpan<byte> items, uint count)
    {
        double sum = 0;
        for (uint i = 0; i < count && NativeStruct.TryRead(items, out PDH_FMT_COUNTERVALUE_ITEM_W item); i++)
        {
            items = items[NativeStruct.SizeOf<PDH_FMT_COUNTERVALUE_ITEM_W>()..];
            sum += item.FmtValue.CStatus <= 1 ? item.FmtValue.doubleValue : 0;
        }

        return sum;
    }
}
