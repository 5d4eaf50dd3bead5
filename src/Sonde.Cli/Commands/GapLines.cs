using System.Globalization;
using Sonde.Cli.Output;
using Sonde.Host;

namespace Sonde.Cli.Commands;

/// <summary>Tells people what a collection could not see, a line each.</summary>
internal static class GapLines
{
    internal static void Write(IReadOnlyList<Gap> gaps, Action<string> write)
    {
        foreach (Gap gap in gaps)
        {
            string count = gap.Count > 0 ? $" ({gap.Count.ToString(CultureInfo.InvariantCulture)})" : string.Empty;
            write(SafeText.OneLine($"not seen: {gap.What}{count}: {Reading.Describe(gap.Status, gap.Reason)}") + "\n");
        }
    }
}
