using System.Text;

namespace Sonde.Tun.Linux;

/// <summary>What Linux takes as the name of an interface (dev_valid_name), and how a pattern is told from a name.</summary>
internal static class LinuxTunName
{
    /// <summary>The most bytes of a name.</summary>
    internal const int MaxLength = 15;

    /// <summary>Why a name cannot be; null when it can.</summary>
    internal static string? WhyNot(string name)
    {
        if (name.Length == 0)
        {
            return "an interface's name has at least one character";
        }

        if (Encoding.UTF8.GetByteCount(name) > MaxLength)
        {
            return $"an interface's name has at most {MaxLength} bytes, and this one has {Encoding.UTF8.GetByteCount(name)}";
        }

        if (name is "." or "..")
        {
            return "'.' and '..' are no names of interfaces";
        }

        foreach (char c in name)
        {
            if (c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c))
            {
                return "an interface's name has no slash, colon, space or control character";
            }
        }

        return name.Contains('%') && !IsPattern(name) ? "'%' stands in a pattern only, once, as %d" : null;
    }

    /// <summary>Whether the kernel replaces %d by the first free number.</summary>
    internal static bool IsPattern(string name)
    {
        int at = name.IndexOf('%');
        return at >= 0 && at + 1 < name.Length && name[at + 1] == 'd' && name.IndexOf('%', at + 1) < 0;
    }
}
