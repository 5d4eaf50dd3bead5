using Sonde.Host;

namespace Sonde.Cli.Json;

/// <summary>Splits a reading into what JSON shows: a value, or null with its reason beside it ("x": null, "x_reason": "denied: …").</summary>
internal static class JsonReading
{
    internal static string? ReasonOf<T>(Reading<T> reading) => reading.HasValue ? null : Reading.Describe(reading.Status, reading.Reason);

    internal static T? ValueOf<T>(Reading<T> reading)
        where T : struct => reading.HasValue ? reading.Value : null;

    internal static string? TextOf<T>(Reading<T> reading) => reading.HasValue ? reading.Value!.ToString() : null; // Ok is only ever made with a value

    /// <summary>A list of what the reading holds, or null.</summary>
    internal static IReadOnlyList<TResult>? ListOf<T, TResult>(Reading<IReadOnlyList<T>> reading, Func<T, TResult> toJson) =>
        reading.HasValue ? [.. reading.Value.Select(toJson)] : null;
}
