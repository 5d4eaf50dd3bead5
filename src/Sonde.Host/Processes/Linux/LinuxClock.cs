namespace Sonde.Host.Processes.Linux;

/// <summary>Turns the kernel's ticks into times: how long ticks are, and when they began.</summary>
/// <param name="TicksPerSecond">Clock ticks of /proc a second.</param>
/// <param name="BootTicks">When the system started, in ticks of <see cref="DateTime"/>, by the wall clock of the moment at which this was made.</param>
internal readonly record struct LinuxClock(int TicksPerSecond, long BootTicks)
{
    /// <summary>Reads /proc/uptime, whose first number counts the seconds since boot, sleep included, as start times do.</summary>
    /// <returns><see langword="false"/> for a text that is none.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> uptime, DateTimeOffset now, int ticksPerSecond, out LinuxClock clock)
    {
        clock = default;
        int dot = uptime.IndexOf((byte)'.');
        if (dot < 1
            || uptime.Length < dot + 4
            || !new ProcNumbers(uptime[..dot]).TryInt64(out long seconds)
            || !new ProcNumbers(uptime[(dot + 1)..(dot + 3)]).TryInt64(out long hundredths)
            || seconds is < 0 or > 100_000_000_000
            || ticksPerSecond <= 0)
        {
            return false;
        }

        clock = new LinuxClock(ticksPerSecond, now.UtcTicks - (seconds * TimeSpan.TicksPerSecond) - (hundredths * (TimeSpan.TicksPerSecond / 100)));
        return true;
    }

    /// <summary>A duration, in ticks of <see cref="TimeSpan"/>; what is too long for that ends at its longest.</summary>
    internal long ToTimeSpanTicks(ulong ticks) =>
        ticks > long.MaxValue / TimeSpan.TicksPerSecond ? long.MaxValue : (long)ticks * TimeSpan.TicksPerSecond / TicksPerSecond;

    /// <summary>A moment, in ticks of <see cref="DateTime"/>, within what that can name.</summary>
    internal long ToDateTicks(ulong ticksSinceBoot)
    {
        long since = ToTimeSpanTicks(ticksSinceBoot);
        return since > DateTime.MaxValue.Ticks - BootTicks ? DateTime.MaxValue.Ticks : Math.Max(0, BootTicks + since);
    }
}
