using System.Net.Sockets;
using System.Text.Json.Serialization;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>A default route as JSON.</summary>
internal sealed class GatewayJson
{
    internal GatewayJson(DefaultGateway source)
    {
        Family = source.Family == AddressFamily.InterNetwork ? "ipv4" : "ipv6";
        (Address, AddressReason) = (JsonReading.TextOf(source.Address), JsonReading.ReasonOf(source.Address));
        (Metric, MetricReason) = (JsonReading.ValueOf(source.Metric), JsonReading.ReasonOf(source.Metric));
        (Protocol, ProtocolReason) = (JsonReading.TextOf(source.Protocol), JsonReading.ReasonOf(source.Protocol));
    }

    public string Family { get; }

    public string? Address { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AddressReason { get; }

    public long? Metric { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MetricReason { get; }

    public string? Protocol { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProtocolReason { get; }
}
