namespace Sonde.Tun;

/// <summary>How a <see cref="PathMtuDiscovery"/> searches.</summary>
public sealed record PathMtuOptions
{
    /// <summary>The size that every path is taken to carry, and to fall back to when packets vanish: 1280 is what IPv6 promises, 576 what old IPv4 hosts take.</summary>
    public int Base { get; init; } = 1280;

    /// <summary>The largest size worth trying: the MTU of the first link.</summary>
    public int Largest { get; init; } = 1500;

    /// <summary>The search ends when the answer is known this well, in bytes.</summary>
    public int Precision { get; init; } = 8;

    /// <summary>How often a size is tried before it counts as too large.</summary>
    public int ProbesPerSize { get; init; } = 3;

    /// <summary>How long to wait for the answer to one probe.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after a finished search to look whether the path carries more by now.</summary>
    public TimeSpan RaiseInterval { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How many large packets in a row must be lost for the path to count as a black hole.</summary>
    public int LossesToBlackHole { get; init; } = 3;
}
