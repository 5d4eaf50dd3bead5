namespace Sonde.Tun;

/// <summary>What only Windows has; ignored elsewhere.</summary>
public sealed record TunWindowsOptions
{
    /// <summary>The smallest ring that Wintun accepts, in bytes.</summary>
    public const int MinRingCapacity = 0x20000;

    /// <summary>The largest ring that Wintun accepts, in bytes.</summary>
    public const int MaxRingCapacity = 0x4000000;

    /// <summary>
    /// The absolute path of wintun.dll; null looks beside this program only. The DLL is not part of Sonde: it comes from wintun.net, under a licence of its own.
    /// </summary>
    public string? LibraryPath { get; init; }

    /// <summary>The adapter's type, as Windows shows it.</summary>
    public string TunnelType { get; init; } = "Sonde";

    /// <summary>The adapter's GUID; null derives one from the name, so that Windows knows the network again at the next start.</summary>
    public Guid? AdapterId { get; init; }

    /// <summary>The size of each of the two rings, in bytes: a power of two from <see cref="MinRingCapacity"/> to <see cref="MaxRingCapacity"/>.</summary>
    public int RingCapacity { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long the driver may take to make an adapter; it runs on a thread of its own and is closed when it comes too late.</summary>
    public TimeSpan CreateTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Whether a quiet sender wakes the driver once more: against the stalls of Wintun 0.14.1, at the price of one discard in the statistics.</summary>
    public bool NudgesWhenIdle { get; init; }

    /// <summary>The ring that holds what comes in at a rate while the reader stalls.</summary>
    /// <param name="bitsPerSecond">The rate.</param>
    /// <param name="stall">The longest stall to bridge.</param>
    public static int RingCapacityFor(double bitsPerSecond, TimeSpan stall)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bitsPerSecond);
        double bytes = bitsPerSecond / 8 * stall.TotalSeconds;
        int capacity = MinRingCapacity;
        while (capacity < bytes && capacity < MaxRingCapacity)
        {
            capacity *= 2;
        }

        return capacity;
    }
}
