using System.Globalization;

namespace Sonde.Tun.MacOS;

/// <summary>Names of utun interfaces: the kernel makes them of a number, and takes no others.</summary>
internal static class MacOSTunName
{
    private const string Prefix = "utun";

    // The unit on the wire is one more, and 32 bits; a name has at most 15 bytes.
    private const int MaxNumber = 999_999;

    /// <summary>The unit that makes an interface of that name: one more than its number, 0 for null, which leaves the choice to the kernel.</summary>
    /// <returns><see langword="false"/> when no utun can have this name.</returns>
    internal static bool TryGetUnit(string? name, out uint unit)
    {
        unit = 0;
        if (name is null)
        {
            return true;
        }

        if (!name.StartsWith(Prefix, StringComparison.Ordinal)
            || !int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number > MaxNumber
            || name.Length != Prefix.Length + number.ToString(CultureInfo.InvariantCulture).Length)
        {
            return false;
        }

        unit = (uint)number + 1;
        return true;
    }
}
