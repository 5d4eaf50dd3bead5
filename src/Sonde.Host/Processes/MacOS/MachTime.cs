using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>Turns Mach ticks into time: 125/3 nanoseconds each on Apple silicon, one on Intel.</summary>
/// <param name="Numerator">Above the line.</param>
/// <param name="Denominator">Below it; not 0.</param>
internal readonly record struct MachTime(uint Numerator, uint Denominator)
{
    private const ulong NanosecondsPerTick = 100;

    internal static MachTime From(in mach_timebase_info info) => new(Math.Max(info.numer, 1), Math.Max(info.denom, 1));

    /// <summary>A duration in ticks of <see cref="TimeSpan"/>; what is too long for that ends at its longest.</summary>
    internal long ToTimeSpanTicks(ulong machTicks)
    {
        UInt128 ticks = (UInt128)machTicks * Numerator / (Denominator * NanosecondsPerTick);
        return ticks > (UInt128)long.MaxValue ? long.MaxValue : (long)ticks;
    }
}
