using Sonde.Cli.Output;
using Sonde.Traffic;

namespace Sonde.Cli.Json;

/// <summary>How full the tables of a monitor are, as JSON.</summary>
internal static class FillLevelJson
{
    internal static void WriteArray(JsonText json, IReadOnlyList<FillLevel> levels)
    {
        json.BeginArray("fill_levels"u8);
        foreach (FillLevel level in levels)
        {
            json.BeginObject();
            json.Property("table"u8, level.Table);
            json.Property("used"u8, level.Used);
            json.Property("capacity"u8, level.Capacity);
            json.Property("evicted"u8, level.Evicted);
            json.EndObject();
        }

        json.EndArray();
    }
}
