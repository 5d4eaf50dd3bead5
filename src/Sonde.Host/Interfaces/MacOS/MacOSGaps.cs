using Sonde.Host.MacOS;
using Sonde.Interop;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>Counts what a collection could not see: one gap for each kind of refusal, however many interfaces it met.</summary>
internal sealed class MacOSGaps
{
    private readonly List<Gap> _gaps = [];

    internal void Add(string what, string operation, NativeError error) =>
        Add(what, MacOSReading.StatusOf(HostException.Classify(error)), $"{operation}: {error}");

    internal void Add(string what, ReadingStatus status, string reason, long count = 1)
    {
        int known = _gaps.FindIndex(gap => gap.What == what && gap.Status == status && gap.Reason == reason);
        if (known >= 0)
        {
            _gaps[known] = _gaps[known] with { Count = _gaps[known].Count + count };
        }
        else
        {
            _gaps.Add(new Gap(what, status, reason, count));
        }
    }

    internal IReadOnlyList<Gap> ToList() => [.. _gaps];
}
