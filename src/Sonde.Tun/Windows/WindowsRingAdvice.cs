namespace Sonde.Tun.Windows;

/// <summary>What the counters say about the size of the rings. It cannot be changed while a session runs, so it is said and not done.</summary>
internal static class WindowsRingAdvice
{
    /// <summary>A line for the user; null when the rings are large enough.</summary>
    /// <param name="capacity">The bytes of each ring.</param>
    /// <param name="counters">What went through it.</param>
    /// <param name="discards">What Windows dropped on the way to this process, because the ring was full; 0 when it does not tell.</param>
    internal static string? Of(int capacity, TunCounters counters, long discards)
    {
        if (counters.FullEvents == 0 && discards == 0)
        {
            return null;
        }

        string facts = counters.FullEvents > 0 && discards > 0 ? $"the ring to the driver was full {counters.FullEvents} times, and Windows dropped {discards} packets for want of room in the other"
            : discards > 0 ? $"Windows dropped {discards} packets for want of room in the ring"
            : $"the ring to the driver was full {counters.FullEvents} times";
        return capacity < TunWindowsOptions.MaxRingCapacity
            ? $"{facts}: rings of {Size(capacity * 2)} instead of {Size(capacity)} hold twice as long a stall"
            : $"{facts}: rings of {Size(capacity)} are the largest there are; the reader or the driver is too slow";
    }

    private static string Size(int bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes >> 10} KiB";
}
