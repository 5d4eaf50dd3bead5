namespace Sonde.Interop.Windows;

/// <summary>A frame in the library's buffer, until it is asked for more.</summary>
internal readonly ref struct PcapFrame
{
    /// <summary>Whether its lengths can be right; otherwise there is no data.</summary>
    internal bool IsPlausible { get; init; }

    internal ReadOnlySpan<byte> Data { get; init; }

    internal uint WireLength { get; init; }

    internal uint Seconds { get; init; }

    /// <summary>Microseconds, or nanoseconds where the device has that precision.</summary>
    internal uint Fraction { get; init; }
}
