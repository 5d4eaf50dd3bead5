using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Host.Systems.Windows;

/// <summary>The performance counters of Windows that say how busy the host is; each one that this Windows lacks says so for itself.</summary>
[SupportedOSPlatform("windows")]
internal sealed class PerformanceCounters : IDisposable
{
    private const string Lacking = "this Windows has no such performance counter";

    private readonly PerformanceQuery? _query;
    private readonly int _refusal;
    private readonly Dictionary<string, (int Status, nint Counter)> _counters = [];
    private int _collected;
    private int _collectStatus;

    internal PerformanceCounters()
    {
        try
        {
            _refusal = PerformanceQuery.Open(out _query);
        }
        catch (Exception missing) when (Win32.IsMissing(missing))
        {
            _refusal = Pdh.PDH_NOT_IMPLEMENTED;
        }
    }

    /// <summary>Adds counters that are to be read; before the first sample.</summary>
    internal void Add(params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
        {
            int status = _refusal;
            nint counter = 0;
            if (_query is not null)
            {
                status = _query.Add(path, out counter);
            }

            _counters[path] = (status, counter);
        }
    }

    /// <summary>Takes a sample.</summary>
    internal void Collect()
    {
        _collectStatus = _query?.Collect() ?? _refusal;
        _collected++;
    }

    /// <summary>The value of the first of some counters that is there: later versions of Windows have better ones.</summary>
    internal Reading<double> Read(params ReadOnlySpan<string> paths)
    {
        Reading<double> last = Reading.Unsupported<double>(Lacking);
        foreach (string path in paths)
        {
            last = ReadOne(path);
            if (last.Status != ReadingStatus.Unsupported)
            {
                return last;
            }
        }

        return last;
    }

    public void Dispose() => _query?.Dispose();

    private Reading<double> ReadOne(string path)
    {
        (int status, nint counter) = _counters[path];
        if (status != 0)
        {
            return Absent(status);
        }

        if (_collectStatus != 0)
        {
            return Absent(_collectStatus);
        }

        double value;
        status = path.Contains("(*)", StringComparison.Ordinal) ? _query!.ReadSum(counter, out value) // there is a query when a counter was added
            : PerformanceQuery.Read(counter, out value);
        return status == 0 ? value : Absent(status);
    }

    private Reading<double> Absent(int status) => status switch
    {
        Pdh.PDH_CSTATUS_NO_OBJECT or Pdh.PDH_CSTATUS_NO_COUNTER or Pdh.PDH_CSTATUS_NO_INSTANCE or Pdh.PDH_NOT_IMPLEMENTED => Reading.Unsupported<double>(Lacking),
        Pdh.PDH_INVALID_DATA or Pdh.PDH_CSTATUS_INVALID_DATA or Pdh.PDH_NO_DATA when _collected < 2 => Reading.NotCollected<double>("a rate needs two readings"),
        unchecked((int)0x80070005) or 5 => Reading.Denied<double>("only users who may read performance counters see them"),
        _ => Reading.Failed<double>($"PDH answered 0x{status:X8}"),
    };
}
