namespace Sonde.Packets.Filters;

/// <summary>An instruction that is no jump, before it has a place; the optimiser rewrites it.</summary>
internal sealed class Statement(int code, uint k = 0)
{
    /// <summary>The code of a statement that was removed.</summary>
    internal const int Removed = -1;

    internal int Code { get; set; } = code;

    internal uint K { get; set; } = k;
}
