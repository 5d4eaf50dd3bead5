using System.Globalization;

namespace Sonde.Interop.Windows;

/// <summary>What can be learnt from libpcap's error texts whatever language Windows speaks.</summary>
internal static class PcapText
{
    /// <summary>The Win32 error that libpcap puts in parentheses behind Windows' words: "Access is denied.  (5)".</summary>
    /// <returns>0 when there is none.</returns>
    internal static int Win32ErrorIn(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd();
        int open = text.LastIndexOf('(');
        return open >= 0 && text[^1] == ')'
            && int.TryParse(text[(open + 1)..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int error)
            ? error
            : 0;
    }
}
