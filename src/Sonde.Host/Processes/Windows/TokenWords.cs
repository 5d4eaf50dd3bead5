using System.Globalization;

namespace Sonde.Host.Processes.Windows;

/// <summary>What the numbers of a token mean.</summary>
internal static class TokenWords
{
    // SE_PRIVILEGE_* (winnt.h).
    private const uint EnabledByDefault = 0x00000001;
    private const uint Enabled = 0x00000002;
    private const uint Removed = 0x00000004;

    /// <summary>The name of an integrity level in the words of this model.</summary>
    internal static string LevelOf(uint rid) => rid switch
    {
        0x0000 => "untrusted",
        0x1000 => "low",
        0x2000 => "medium",
        0x2100 => "medium-plus",
        0x3000 => "high",
        0x4000 => "system",
        0x5000 => "protected",
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{rid:x4}"),
    };

    /// <summary>TOKEN_ELEVATION_TYPE in words.</summary>
    internal static string ElevationOf(uint type) => type switch
    {
        1 => "default",
        2 => "full",
        3 => "limited",
        _ => type.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A privilege with its attributes in the words of this model.</summary>
    internal static WindowsPrivilege ToPrivilege(string name, uint attributes) => new(
        name,
        (attributes & Enabled) != 0,
        (attributes & EnabledByDefault) != 0,
        (attributes & Removed) != 0);
}
