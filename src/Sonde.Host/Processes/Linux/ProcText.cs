using System.Globalization;
using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Linux;

/// <summary>Small texts of /proc.</summary>
internal static class ProcText
{
    private const int MaxLines = 1024;

    /// <summary>The lines, with runs of blanks made one.</summary>
    internal static Reading<IReadOnlyList<string>> Lines(ReadOnlySpan<byte> text)
    {
        var lines = new List<string>();
        while (text.IndexOf((byte)'\n') is >= 0 and var end && lines.Count < MaxLines)
        {
            lines.Add(string.Join(' ', SystemText.Of(text[..end]).Split(' ', StringSplitOptions.RemoveEmptyEntries)));
            text = text[(end + 1)..];
        }

        return lines.Count > 0 ? lines : Reading.None<IReadOnlyList<string>>("it is empty");
    }

    /// <summary>An I/O priority in words: its class in the upper bits, a level from 0 (first) to 7 below (linux/ioprio.h).</summary>
    internal static string IoPriority(int packed)
    {
        int level = packed & 7;
        return (packed >> 13) switch
        {
            0 => "none",
            1 => string.Create(CultureInfo.InvariantCulture, $"real-time {level}"),
            2 => string.Create(CultureInfo.InvariantCulture, $"best-effort {level}"),
            3 => "idle",
            var other => string.Create(CultureInfo.InvariantCulture, $"class {other} {level}"),
        };
    }
}
