namespace Sonde.Host.MacOS.PropertyLists;

/// <summary>Reads a property list, in XML or in Apple's binary form, without trusting it.</summary>
/// <remarks>
/// Values are <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="DateTimeOffset"/>, arrays of bytes,
/// <see cref="IReadOnlyList{T}"/> of values and <see cref="IReadOnlyDictionary{TKey,TValue}"/> of values by name.
/// </remarks>
internal static class PropertyList
{
    /// <summary>What is deeper than this is no configuration.</summary>
    internal const int MaxDepth = 64;

    /// <summary>How many values are read at most: a binary list may name one value a million times over.</summary>
    internal const int MaxValues = 100_000;

    /// <summary>Reads the value at the top; never throws.</summary>
    /// <param name="source">The file.</param>
    /// <param name="defect">Why it cannot be read.</param>
    /// <returns>The value, or null.</returns>
    internal static object? Parse(ReadOnlySpan<byte> source, out string? defect) =>
        source.StartsWith("bplist"u8) ? BinaryPropertyList.Parse(source, out defect) : XmlPropertyList.Parse(source, out defect);
}
