using System.Diagnostics.CodeAnalysis;

namespace Sonde.Link.Windows;

/// <summary>The names that Npcap gives adapters: \Device\NPF_ and the adapter's identifier in braces.</summary>
internal static class NpcapName
{
    /// <summary>The device that shows what the host sends to itself.</summary>
    internal const string Loopback = Prefix + "Loopback";

    private const string Prefix = @"\Device\NPF_";

    /// <summary>Npcap's name of an adapter.</summary>
    internal static string Of(string guid) => Prefix + guid;

    /// <summary>Finds the identifier in "\Device\NPF_{…}", "{…}" or the identifier alone.</summary>
    /// <param name="name">What a user wrote.</param>
    /// <param name="guid">The identifier in braces, its letters upper case.</param>
    internal static bool TryGetGuid(string name, [NotNullWhen(true)] out string? guid)
    {
        ReadOnlySpan<char> text = name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name.AsSpan(Prefix.Length) : name;
        bool known = Guid.TryParseExact(text, "B", out Guid parsed) || Guid.TryParseExact(text, "D", out parsed);
        guid = known ? parsed.ToString("B").ToUpperInvariant() : null;
        return known;
    }
}
