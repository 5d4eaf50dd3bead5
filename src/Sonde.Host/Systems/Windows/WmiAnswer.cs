namespace Sonde.Host.Systems.Windows;

/// <summary>What WMI answered: rows, or an HRESULT that says why not.</summary>
/// <param name="Result">The HRESULT.</param>
/// <param name="Properties">What was asked for.</param>
/// <param name="Rows">The values, in that order.</param>
internal sealed record WmiAnswer(int Result, IReadOnlyList<string> Properties, IReadOnlyList<object?[]> Rows)
{
    private const int AccessDenied = unchecked((int)0x80070005);
    private const int Timeout = unchecked((int)0x800705B4);
    private const int WBEM_E_ACCESS_DENIED = unchecked((int)0x80041003);
    private const int WBEM_E_INVALID_NAMESPACE = unchecked((int)0x8004100E);
    private const int WBEM_E_INVALID_CLASS = unchecked((int)0x80041010);
    private const int WBEM_E_INVALID_QUERY = unchecked((int)0x80041017);
    private const int REGDB_E_CLASSNOTREG = unchecked((int)0x80040154);

    /// <summary>A value of the first row.</summary>
    internal Reading<T> Of<T>(string property) => Rows.Count > 0 ? Of<T>(Rows[0], property) : Absent<T>("WMI has no row for it");

    /// <summary>A value of a row; an empty text is none.</summary>
    internal Reading<T> Of<T>(object?[] row, string property)
    {
        int at = Properties.IndexOf(property);
        object? value = at >= 0 && at < row.Length ? row[at] : null;
        return value is string text && text.Trim().Length == 0 ? Reading.None<T>("WMI leaves it empty")
            : value is T known ? known
            : Absent<T>($"WMI does not tell {property}");
    }

    /// <summary>Why there are no rows; <paramref name="none"/> when there was no refusal.</summary>
    internal Reading<T> Absent<T>(string none) => Result switch
    {
        >= 0 => Reading.None<T>(none),
        AccessDenied or WBEM_E_ACCESS_DENIED => Reading.Denied<T>("WMI refuses it to this user"),
        WBEM_E_INVALID_NAMESPACE or WBEM_E_INVALID_CLASS or WBEM_E_INVALID_QUERY => Reading.Unsupported<T>("this Windows' WMI does not know it"),
        REGDB_E_CLASSNOTREG => Reading.Unsupported<T>("this Windows has no WMI"),
        Timeout => Reading.Failed<T>("WMI did not answer in time"),
        _ => Reading.Failed<T>($"WMI answered 0x{Result:X8}"),
    };
}

file static class Lists
{
    internal static int IndexOf(this IReadOnlyList<string> list, string text)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] == text)
            {
                return i;
            }
        }

        return -1;
    }
}
