namespace Sonde.Tun;

/// <summary>What to open and how. The defaults open a new device with a name of the system's choice, one queue, plain packets, up.</summary>
public sealed record TunOptions
{
    /// <summary>
    /// The device's name: up to 15 bytes on Linux (where "sonde%d" takes the first free number), "utunN" on macOS, up to 127 characters on Windows.
    /// Null lets the system choose; read it back from <see cref="TunDevice.Name"/>.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>Whether a device of that name that exists already is refused instead of attached to.</summary>
    public bool MustBeNew { get; init; }

    /// <summary>In what form packets are wanted; <see cref="TunDevice.Offload"/> says what was granted.</summary>
    public TunOffload Offload { get; init; }

    /// <summary>How many queues: the system spreads flows over them, each has one reader. More than one exists on Linux only.</summary>
    public int QueueCount { get; init; } = 1;

    /// <summary>What a send does while the device has no room.</summary>
    public TunFullPolicy FullPolicy { get; init; }

    /// <summary>
    /// How long a reader that has just been busy looks again before it sleeps; zero never. It spins only while packets come at a high rate and
    /// never on a host with one processor.
    /// </summary>
    public TimeSpan SpinBudget { get; init; } = TimeSpan.FromMicroseconds(12);

    /// <summary>Whether continuations of ReceiveAsync run on the queue's own thread (faster, but they must not block) instead of the thread pool.</summary>
    public bool RunsContinuationsInline { get; init; }

    /// <summary>What the device is to have before the first packet; null leaves everything as it is.</summary>
    public TunConfiguration? Configuration { get; init; } = new();

    /// <summary>What only Linux has.</summary>
    public TunLinuxOptions Linux { get; init; } = new();

    /// <summary>What only macOS has.</summary>
    public TunMacOSOptions MacOS { get; init; } = new();

    /// <summary>What only Windows has.</summary>
    public TunWindowsOptions Windows { get; init; } = new();
}
