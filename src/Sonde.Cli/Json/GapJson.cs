using System.Text.Json.Serialization;
using Sonde.Host;

namespace Sonde.Cli.Json;

/// <summary>Something that could not be seen, as JSON.</summary>
internal sealed class GapJson(Gap source)
{
    /// <summary>"gap" in a stream of records of several types.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }

    public string What { get; } = source.What;

    public string Status { get; } = Words.Of(source.Status);

    public string Reason { get; } = source.Reason;

    public long Count { get; } = source.Count;
}
