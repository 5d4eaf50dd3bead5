using Sonde.Cli.Output;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>The answer of `sonde interfaces --format json`.</summary>
/// <param name="Snapshot">What was read.</param>
/// <param name="Shown">The interfaces that were asked for.</param>
internal sealed record InterfacesJson(InterfaceSnapshot Snapshot, IReadOnlyList<NetworkInterface> Shown)
{
    internal static void Write(JsonText json, InterfacesJson answer)
    {
        json.BeginObject();
        json.Property("backend"u8, answer.Snapshot.Backend);
        json.BeginArray("interfaces"u8);
        foreach (NetworkInterface one in answer.Shown)
        {
            json.BeginObject();
            InterfaceJson.WriteFields(json, one);
            json.EndObject();
        }

        json.EndArray();
        GapJson.WriteArray(json, "gaps"u8, answer.Snapshot.Gaps);
        json.EndObject();
    }
}
