using System.Globalization;
using System.Text.RegularExpressions;

namespace Sonde.Cli.Records.Filtering;

/// <summary>Makes one comparison of a filter.</summary>
/// <param name="field">The field on its left.</param>
/// <param name="filter">The whole filter, for errors.</param>
/// <param name="operatorAt">Where its operator stands.</param>
/// <param name="valueAt">Where its value stands.</param>
internal sealed class FilterComparison<T>(RecordField<T> field, string filter, int operatorAt, int valueAt)
{
    private static readonly TimeSpan s_regexLimit = TimeSpan.FromMilliseconds(250);
    private static readonly (string Suffix, double Factor)[] s_sizes =
    [
        ("Ki", 1024), ("Mi", 1024d * 1024), ("Gi", 1024d * 1024 * 1024), ("Ti", 1024d * 1024 * 1024 * 1024), ("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12),
    ];

    private static readonly (string Suffix, double Seconds)[] s_durations = [("ms", 0.001), ("s", 1), ("min", 60), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <summary>Makes the comparison.</summary>
    /// <exception cref="FilterException">The operator does not suit the field, or the value not the operator.</exception>
    internal Func<T, bool> Make(string comparison, string value, bool isQuoted)
    {
        if (comparison == ":" && value == "*" && !isQuoted)
        {
            return record => field.Read(record).HasValue;
        }

        switch (comparison)
        {
            case "~":
                return Matches(value);
            case "<" or ">" or "<=" or ">=":
                return Compares(comparison, value);
            default:
                Func<T, bool> equals = field.Kind is FieldKind.Text or FieldKind.List ? Text(comparison == ":", value) : Equal(value);
                return comparison == "!=" ? record => field.Read(record).HasValue && !equals(record) : equals;
        }
    }

    private Func<T, bool> Text(bool contains, string value)
    {
        Func<string, bool> fits = contains ? text => text.Contains(value, StringComparison.OrdinalIgnoreCase) : text => text.Equals(value, StringComparison.Ordinal);
        return AnyText(fits);
    }

    private Func<T, bool> AnyText(Func<string, bool> fits) => record =>
    {
        FieldValue found = field.Read(record);
        if (!found.HasValue)
        {
            return false;
        }

        if (field.Kind != FieldKind.List)
        {
            return fits(field.Kind == FieldKind.Text ? found.Text : found.Format(field.Kind));
        }

        foreach (string item in found.List)
        {
            if (fits(item))
            {
                return true;
            }
        }

        return false;
    };

    private Func<T, bool> Matches(string pattern)
    {
        Regex regex;
        try
        {
            regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, s_regexLimit);
        }
        catch (RegexParseException bad)
        {
            throw new FilterException(filter, Math.Min(valueAt + bad.Offset, filter.Length), $"this is no regular expression: {bad.Error}");
        }

        return AnyText(text =>
        {
            try
            {
                return regex.IsMatch(text);
            }
            catch (RegexMatchTimeoutException)
            {
                throw new FilterException(filter, valueAt, $"this regular expression takes too long (over {s_regexLimit.TotalMilliseconds} ms) on a text of {text.Length} characters");
            }
        });
    }

    private Func<T, bool> Equal(string value)
    {
        if (field.Kind == FieldKind.Boolean)
        {
            long wanted = value.ToLowerInvariant() switch
            {
                "true" or "yes" or "1" => 1,
                "false" or "no" or "0" => 0,
                _ => throw new FilterException(filter, valueAt, $"'{field.Name}' is true or false"),
            };
            return record => field.Read(record) is { HasValue: true } found && found.Integer == wanted;
        }

        double number = ToNumber(value);
        return record => field.Read(record) is { HasValue: true } found && found.AsNumber(field.Kind).Equals(number);
    }

    private Func<T, bool> Compares(string comparison, string value)
    {
        if (field.Kind is FieldKind.Text or FieldKind.List or FieldKind.Boolean)
        {
            throw new FilterException(filter, operatorAt, $"'{field.Name}' is no number: it takes : = != ~");
        }

        double number = ToNumber(value);
        Func<double, bool> fits = comparison switch
        {
            "<" => left => left < number,
            ">" => left => left > number,
            "<=" => left => left <= number,
            _ => left => left >= number,
        };
        return record => field.Read(record) is { HasValue: true } found && fits(found.AsNumber(field.Kind));
    }

    /// <summary>A number with the units of its kind: 100M bytes, 10m of time, a date.</summary>
    private double ToNumber(string value)
    {
        if (field.Kind == FieldKind.Time)
        {
            return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                ? time.UtcTicks / (double)TimeSpan.TicksPerSecond
                : throw new FilterException(filter, valueAt, "expected a time, as 2026-01-31T12:00:00Z");
        }

        (string Suffix, double Factor)[] units = field.Kind == FieldKind.Duration ? s_durations : s_sizes;
        double factor = 1;
        ReadOnlySpan<char> digits = field.Kind == FieldKind.Bytes ? value.AsSpan().TrimEnd("B") : value;
        foreach ((string suffix, double unit) in units)
        {
            if (digits.EndsWith(suffix, StringComparison.Ordinal))
            {
                digits = digits[..^suffix.Length];
                factor = unit;
                break;
            }
        }

        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number * factor
            : throw new FilterException(filter, valueAt, field.Kind == FieldKind.Duration ? "expected a duration, as 90, 1.5s, 10m or 2h" : "expected a number, as 1000, 100k or 1.5Mi");
    }
}
