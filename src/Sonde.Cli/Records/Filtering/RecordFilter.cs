namespace Sonde.Cli.Records.Filtering;

/// <summary>Chooses records by a small language: "name:nginx and uid=0 and not container:*".</summary>
/// <remarks>
/// A comparison is field, operator, value: ':' contains, '=' equals, '!=' differs, '&lt;' '&gt;' '&lt;=' '&gt;=' compare numbers, '~' is a regular expression,
/// and ':*' asks whether there is a value at all. "and", "or", "not" and brackets combine them; values with blanks stand in quotes.
/// What has no value fits no comparison, so that "not" turns to those too.
/// </remarks>
internal sealed class RecordFilter<T>
{
    private readonly Func<T, bool> _fits;

    internal RecordFilter(Func<T, bool> fits, IReadOnlyCollection<RecordField<T>> fields)
    {
        _fits = fits;
        Fields = fields;
    }

    /// <summary>The fields that it looks at.</summary>
    internal IReadOnlyCollection<RecordField<T>> Fields { get; }

    /// <summary>Understands a filter.</summary>
    /// <exception cref="FilterException">It is none.</exception>
    internal static RecordFilter<T> Parse(string text, RecordFields<T> fields) => new FilterParser<T>(text, fields).Parse();

    /// <summary>Whether a record fits.</summary>
    /// <exception cref="FilterException">A regular expression took too long on this record.</exception>
    internal bool Fits(T record) => _fits(record);
}
