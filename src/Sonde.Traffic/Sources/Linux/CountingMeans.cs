namespace Sonde.Traffic.Sources.Linux;

/// <summary>What a kernel offers to the programs that count.</summary>
/// <param name="Gathers">Whether processors gather before they add to the table: since 5.12, which exchanges numbers.</param>
/// <param name="HasNamespaceCookie">Whether it tells them the network namespace: since 6.15.</param>
internal readonly record struct CountingMeans(bool Gathers, bool HasNamespaceCookie)
{
    private static readonly CountingMeans[] s_all = [new(true, true), new(true, false), new(false, false)];

    /// <summary>All that there is, the best first.</summary>
    internal static ReadOnlySpan<CountingMeans> All => s_all;
}
