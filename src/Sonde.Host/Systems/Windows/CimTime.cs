using System.Globalization;

namespace Sonde.Host.Systems.Windows;

/// <summary>Moments as WMI writes them: "20241121130313.123456+060", the last part being minutes east of Greenwich.</summary>
internal static class CimTime
{
    private const int Length = 25;
    private const int OffsetAt = 21;

    internal static Reading<DateTimeOffset> Parse(string text)
    {
        if (text.Length == Length
            && text[OffsetAt] is '+' or '-'
            && int.TryParse(text.AsSpan(OffsetAt), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int minutes)
            && Math.Abs(minutes) <= 14 * 60
            && DateTime.TryParseExact(text.AsSpan(0, OffsetAt), "yyyyMMddHHmmss.ffffff", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local)
            && local.Year is > 1 and < 9999)
        {
            return new DateTimeOffset(local, TimeSpan.FromMinutes(minutes));
        }

        return Reading.Failed<DateTimeOffset>($"'{text}' is no time");
    }
}
