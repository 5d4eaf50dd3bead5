using System.Diagnostics;

namespace Sonde.Tun;

/// <summary>Decides whether a reader that found nothing looks again for a few microseconds before it sleeps: only while the rate is high, and not on one processor.</summary>
internal sealed class AdaptiveSpin(TimeSpan budget)
{
    // 100 MB/s: below that packets come further apart than a spin lasts, and it would only burn the processor that the peer needs.
    private const double MinBytesPerSecond = 100e6;

    private static readonly long s_window = Stopwatch.Frequency / 2;

    private readonly long _budget = Environment.ProcessorCount > 1 ? (long)(budget.TotalSeconds * Stopwatch.Frequency) : 0;
    private long _windowStart;
    private long _windowBytes;
    private bool _isFast;

    /// <summary>Counts what was received.</summary>
    internal void Add(long bytes)
    {
        if (_budget == 0)
        {
            return;
        }

        _windowBytes += bytes;
        long now = Stopwatch.GetTimestamp();
        long age = now - _windowStart;
        if (age >= s_window)
        {
            _isFast = age < 2 * s_window && _windowBytes * (double)Stopwatch.Frequency / age >= MinBytesPerSecond;
            _windowStart = now;
            _windowBytes = 0;
        }
    }

    /// <summary>Until when to spin; 0 when not at all.</summary>
    internal long Deadline() => _isFast ? Stopwatch.GetTimestamp() + _budget : 0;
}
