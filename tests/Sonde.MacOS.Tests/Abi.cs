using System.Globalization;
using System.Text.Json;
using Sonde.Testing;

namespace Sonde.MacOS.Tests;

/// <summary>The sizes, offsets and constants of macOS (tests/fixtures/layout/macos-abi.json) for one architecture.</summary>
internal sealed class Abi
{
    private static readonly Lazy<JsonDocument> s_data =
        new(() => JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf("tests", "fixtures", "layout", "macos-abi.json"))));

    private readonly JsonElement _architecture;

    internal Abi(string architecture) => _architecture = s_data.Value.RootElement.GetProperty(architecture);

    internal bool TryGetConstant(string name, out Int128 value)
    {
        value = 0;
        if (!_architecture.GetProperty("constants").TryGetProperty(name, out JsonElement element))
        {
            return false;
        }

        value = Int128.Parse(element.GetRawText(), CultureInfo.InvariantCulture);
        return true;
    }

    internal int? SizeOf(string type) =>
        _architecture.GetProperty("structs").TryGetProperty(type, out JsonElement element) ? element.GetProperty("size").GetInt32() : null;

    /// <summary>The fields of a struct; those of nested structs and unions by their own last name.</summary>
    internal IReadOnlyDictionary<string, FieldPlace> FieldsOf(string type)
    {
        var fields = new Dictionary<string, FieldPlace>(StringComparer.Ordinal);
        foreach (JsonProperty field in _architecture.GetProperty("structs").GetProperty(type).GetProperty("fields").EnumerateObject())
        {
            string name = field.Name[(field.Name.LastIndexOf('.') + 1)..];
            fields.TryAdd(name, new FieldPlace(field.Value.GetProperty("offset").GetInt32(), field.Value.GetProperty("size").GetInt32()));
        }

        return fields;
    }

    /// <summary>The fields that a complete declaration has: no nested ones, none that is private to the header.</summary>
    internal IEnumerable<string> OwnFieldsOf(string type) =>
        _architecture.GetProperty("structs").GetProperty(type).GetProperty("fields").EnumerateObject()
            .Select(field => field.Name)
            .Where(name => !name.Contains('.') && !name.StartsWith('_'));
}
