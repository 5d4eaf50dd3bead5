using System.Numerics;

namespace Sonde.Traffic.Dns;

/// <summary>Counts latencies in classes that are each a sixteenth of a doubling wide, so that any share of them can be told to about 2 %, in a fixed space.</summary>
internal sealed class LatencyHistogram
{
    // From a microsecond to more than an hour.
    private const int SubClasses = 16;
    private const int Doublings = 32;
    private readonly uint[] _classes = new uint[Doublings * SubClasses];
    private long _count;
    private long _maxNanoseconds;

    /// <summary>The longest; null without any.</summary>
    internal TimeSpan? Max => _count == 0 ? null : FromNanoseconds(_maxNanoseconds);

    /// <summary>Adds one.</summary>
    internal void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(nanoseconds, 0);
        _maxNanoseconds = Math.Max(_maxNanoseconds, nanoseconds);
        _classes[ClassOf((ulong)nanoseconds)]++;
        _count++;
    }

    /// <summary>What the given share did not exceed: the middle of its class, and never more than the longest.</summary>
    internal TimeSpan? At(double share)
    {
        long rank = (long)Math.Ceiling(share * _count);
        long seen = 0;
        for (int at = 0; at < _classes.Length && _count > 0; at++)
        {
            seen += _classes[at];
            if (seen >= rank && _classes[at] > 0)
            {
                return FromNanoseconds(Math.Min(MiddleOf(at), _maxNanoseconds));
            }
        }

        return null;
    }

    private static TimeSpan FromNanoseconds(long value) => new(value / TimeSpan.NanosecondsPerTick);

    // Below a microsecond everything is one class; above, the leading bit and the four bits after it.
    private static int ClassOf(ulong nanoseconds)
    {
        ulong value = nanoseconds / 64;
        if (value < SubClasses)
        {
            return (int)value;
        }

        int exponent = BitOperations.Log2(value);
        int within = (int)(value >> (exponent - 4)) & (SubClasses - 1);
        return Math.Min(((exponent - 3) * SubClasses) + within, (Doublings * SubClasses) - 1);
    }

    private static long MiddleOf(int index)
    {
        if (index < SubClasses)
        {
            return (index * 64L) + 32;
        }

        int exponent = (index / SubClasses) + 3;
        long width = 1L << (exponent - 4);
        return (((SubClasses + (index % SubClasses)) * width) + (width / 2)) * 64;
    }
}
