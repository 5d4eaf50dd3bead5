using System.Globalization;

namespace Sonde.Host.Processes.Windows;

/// <summary>What the numbers of the scheduler mean.</summary>
internal static class SchedulingWords
{
    /// <summary>IO_PRIORITY_HINT (wdm.h) in words.</summary>
    internal static string IoPriorityOf(uint priority) => priority switch
    {
        0 => "very-low",
        1 => "low",
        2 => "normal",
        3 => "high",
        4 => "critical",
        _ => priority.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The processors of a mask: "0-3,8".</summary>
    internal static string AffinityOf(ulong mask)
    {
        var ranges = new List<string>();
        for (int at = 0; at < 64; at++)
        {
            if ((mask >> at & 1) == 0)
            {
                continue;
            }

            int first = at;
            while (at < 63 && (mask >> (at + 1) & 1) != 0)
            {
                at++;
            }

            ranges.Add(first == at ? $"{first}" : $"{first}-{at}");
        }

        return string.Join(',', ranges);
    }
}
