using System.Text;

namespace Sonde.Cli.Records;

/// <summary>A field of a kind of record: its names, its kind and how to read it. Tables, JSON, TSV, filters and sorting all go by it.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <param name="name">Its name in JSON and TSV, in options and filters: lower case with underscores.</param>
/// <param name="kind">What it holds.</param>
/// <param name="needs">What must be collected for it, as bits of the collector's own mask.</param>
/// <param name="read">How to read it.</param>
/// <param name="aliases">Other names that people know it by.</param>
internal sealed class RecordField<T>(string name, FieldKind kind, ulong needs, Func<T, FieldValue> read, params string[] aliases)
{
    private byte[]? _jsonName;
    private byte[]? _jsonReasonName;

    internal string Name { get; } = name;

    internal FieldKind Kind { get; } = kind;

    internal ulong Needs { get; } = needs;

    internal Func<T, FieldValue> Read { get; } = read;

    internal IReadOnlyList<string> Aliases { get; } = aliases;

    /// <summary>The heading of its column.</summary>
    internal string Header { get; init; } = name.ToUpperInvariant().Replace('_', ' ');

    /// <summary>The name, made ready for JSON once; most fields of a command are never written.</summary>
    internal byte[] JsonName => _jsonName ??= Encoding.UTF8.GetBytes(Name);

    /// <summary>The name of its reason.</summary>
    internal byte[] JsonReasonName => _jsonReasonName ??= Encoding.UTF8.GetBytes(Name + "_reason");

    internal bool IsNumber => Kind is not (FieldKind.Text or FieldKind.List or FieldKind.Boolean or FieldKind.Time);
}
