using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sonde.Tun.Windows;

/// <summary>What Windows takes as the name of an adapter, and the GUID that belongs to a name.</summary>
internal static class WindowsTunName
{
    /// <summary>The most characters of a name or a type: Wintun's 128, with the zero behind them.</summary>
    internal const int MaxLength = 127;

    // What "Network Connections" refuses in a name.
    private static readonly SearchValues<char> s_refused = SearchValues.Create("\\/:*?\"<>|");

    // Of this project: the space in which names have their GUIDs.
    private static readonly Guid s_space = new("5f0de5a2-6d5b-4c0b-9d0a-6a3a1b7d4e21");

    /// <summary>Why a name or a type cannot be; null when it can.</summary>
    internal static string? WhyNot(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "an adapter's name has at least one character that is no space";
        }

        if (name.Length > MaxLength)
        {
            return $"an adapter's name has at most {MaxLength} characters, and this one has {name.Length}";
        }

        if (name.AsSpan().ContainsAny(s_refused))
        {
            return "an adapter's name has none of \\ / : * ? \" < > |";
        }

        // Half a surrogate pair is no character of any name.
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar)
            {
                return "an adapter's name has no control character";
            }
        }

        return null;
    }

    /// <summary>The first of "sonde0", "sonde1" … that nobody has.</summary>
    internal static string Choose(IReadOnlyCollection<string> taken)
    {
        for (int number = 0; ; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"sonde{number}");
            if (!taken.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return name;
            }
        }
    }

    /// <summary>The GUID of a type and a name, always the same: Windows keeps what it knows of a network by it, and would ask again for each new one.</summary>
    /// <remarks>Version 5 of RFC 9562. Windows does not tell upper from lower case in a name, so neither does this.</remarks>
    internal static Guid IdOf(string type, string name)
    {
        byte[] text = Encoding.UTF8.GetBytes($"{type}\n{name.ToUpperInvariant()}");
        byte[] source = [.. s_space.ToByteArray(bigEndian: true), .. text];
#pragma warning disable CA5350 // RFC 9562 asks for SHA-1; nothing is protected by it.
        byte[] id = SHA1.HashData(source)[..16];
#pragma warning restore CA5350
        id[6] = (byte)((id[6] & 0x0F) | 0x50);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
