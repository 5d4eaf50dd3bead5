namespace Sonde.Packets.Files;

/// <summary>The unit of an interface's timestamps: a negative power of ten or of two, as pcapng's if_tsresol tells it.</summary>
/// <param name="Code">The option's byte: the exponent in the low seven bits, the top bit for base two.</param>
public readonly record struct TimestampResolution(byte Code)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Millionths of a second: what a pcapng interface has when it does not say.</summary>
    public static TimestampResolution Microseconds => new(6);

    /// <summary>Billionths of a second.</summary>
    public static TimestampResolution Nanoseconds => new(9);

    /// <summary>Whether the unit is a power of two.</summary>
    public bool IsBinary => (Code & 0x80) != 0;

    /// <summary>How often the second is divided by ten, or by two.</summary>
    public int Exponent => Code & 0x7F;

    /// <summary>Turns a count of units, and an offset in seconds, into nanoseconds since 1970.</summary>
    /// <returns><see langword="false"/> for a time that nanoseconds in 64 bits cannot hold (before 1678, after 2262).</returns>
    public bool TryToNanoseconds(ulong ticks, long offsetSeconds, out long nanoseconds)
    {
        UInt128 elapsed = ToNanoseconds(ticks);
        Int128 total = (Int128)elapsed + ((Int128)offsetSeconds * NanosecondsPerSecond);
        bool fits = total >= long.MinValue && total <= long.MaxValue;
        nanoseconds = fits ? (long)total : 0;
        return fits;
    }

    /// <summary>The unit, as "10^-6 s" or "2^-20 s".</summary>
    public override string ToString() => $"{(IsBinary ? 2 : 10)}^-{Exponent} s";

    internal static ulong PowerOfTen(int exponent)
    {
        ulong power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }

    private UInt128 ToNanoseconds(ulong ticks)
    {
        if (IsBinary)
        {
            return ((UInt128)ticks * NanosecondsPerSecond) >> Exponent; // at most 94 bits before the shift
        }

        if (Exponent <= 9)
        {
            return (UInt128)ticks * PowerOfTen(9 - Exponent);
        }

        // 10^20 and more does not fit 64 bits, and no count of such units reaches a nanosecond.
        return Exponent - 9 > 19 ? 0 : ticks / PowerOfTen(Exponent - 9);
    }
}
