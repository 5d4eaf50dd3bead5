using System.Net.Sockets;
using Sonde.Cli.Output;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>A default route as JSON.</summary>
internal static class GatewayJson
{
    internal static void Write(JsonText json, DefaultGateway gateway)
    {
        json.BeginObject();
        json.Property("family"u8, gateway.Family == AddressFamily.InterNetwork ? "ipv4"u8 : "ipv6"u8);
        if (json.Holds("address"u8, gateway.Address))
        {
            AddressJson.WriteScoped(json, gateway.Address.Value);
        }

        json.Property("metric"u8, gateway.Metric);
        json.Property("protocol"u8, gateway.Protocol);
        json.EndObject();
    }
}
