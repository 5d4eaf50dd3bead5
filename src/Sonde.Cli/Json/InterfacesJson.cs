using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>The answer of `sonde interfaces --format json`.</summary>
internal static class InterfacesJson
{
    /// <summary>Writes it interface by interface: thousands of them are never whole in memory as text.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="snapshot">What was read.</param>
    /// <param name="shown">The interfaces that were asked for.</param>
    internal static void Write(CommandOutput output, InterfaceSnapshot snapshot, IReadOnlyList<NetworkInterface> shown)
    {
        JsonText json = output.BeginJson(isLine: false);
        json.BeginObject();
        json.Property("backend"u8, snapshot.Backend);
        json.BeginArray("interfaces"u8);
        foreach (NetworkInterface one in shown)
        {
            json.BeginObject();
            InterfaceJson.WriteFields(json, one);
            json.EndObject();
            output.ContinueJson();
        }

        json.EndArray();
        json.BeginArray("gaps"u8);
        foreach (Gap gap in snapshot.Gaps)
        {
            json.BeginObject();
            GapJson.WriteFields(json, gap);
            json.EndObject();
        }

        json.EndArray();
        json.EndObject();
        output.EndJson();
    }
}
