using System.Globalization;

namespace Sonde.Host.Processes.Linux;

/// <summary>Names of terminals: the numbers of pseudo terminals and consoles are fixed (Documentation/admin-guide/devices.txt).</summary>
internal static class LinuxTerminals
{
    /// <summary>A terminal's device number, as /proc gives it, as a name.</summary>
    internal static string NameOf(uint device)
    {
        uint major = (device >> 8) & 0xFFF;
        uint minor = (device & 0xFF) | ((device >> 12) & 0xFFF00);
        return major switch
        {
            >= 136 and <= 143 => string.Create(CultureInfo.InvariantCulture, $"pts/{minor + ((major - 136) * 256)}"),
            4 when minor < 64 => string.Create(CultureInfo.InvariantCulture, $"tty{minor}"),
            4 => string.Create(CultureInfo.InvariantCulture, $"ttyS{minor - 64}"),
            5 when minor == 1 => "console",
            _ => string.Create(CultureInfo.InvariantCulture, $"{major}:{minor}"),
        };
    }
}
