using System.Diagnostics.CodeAnalysis;
using Sonde.Cli.Errors;

namespace Sonde.Cli.Records;

/// <summary>All fields of a kind of record, found by name or alias.</summary>
internal sealed class RecordFields<T>(IReadOnlyList<RecordField<T>> all)
{
    private readonly Dictionary<string, RecordField<T>> _byName = Index(all);

    internal IReadOnlyList<RecordField<T>> All { get; } = all;

    internal bool TryFind(string name, [MaybeNullWhen(false)] out RecordField<T> field) => _byName.TryGetValue(name, out field);

    /// <summary>The field that was probably meant, or null.</summary>
    internal string? NearestTo(string name) => Nearest.To(name, _byName.Keys);

    private static Dictionary<string, RecordField<T>> Index(IReadOnlyList<RecordField<T>> all)
    {
        var byName = new Dictionary<string, RecordField<T>>(StringComparer.OrdinalIgnoreCase);
        foreach (RecordField<T> field in all)
        {
            byName.Add(field.Name, field);
            foreach (string alias in field.Aliases)
            {
                byName.Add(alias, field);
            }
        }

        return byName;
    }
}
