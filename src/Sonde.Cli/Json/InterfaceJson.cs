using System.Text.Json.Serialization;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>An interface as JSON: docs/json.md describes the fields.</summary>
internal sealed class InterfaceJson
{
    internal InterfaceJson(NetworkInterface source)
    {
        Name = source.Name;
        Index = source.Index;
        Kind = Words.Of(source.Kind);
        KindName = source.KindName;
        (Description, DescriptionReason) = (JsonReading.TextOf(source.Description), JsonReading.ReasonOf(source.Description));
        (SystemName, SystemNameReason) = (JsonReading.TextOf(source.SystemName), JsonReading.ReasonOf(source.SystemName));
        LinkType = source.LinkType;
        (Mac, MacReason) = (JsonReading.TextOf(source.HardwareAddress), JsonReading.ReasonOf(source.HardwareAddress));
        (MacBroadcast, MacBroadcastReason) = (JsonReading.TextOf(source.HardwareBroadcast), JsonReading.ReasonOf(source.HardwareBroadcast));
        (Mtu, MtuReason) = (JsonReading.ValueOf(source.Mtu), JsonReading.ReasonOf(source.Mtu));
        AdministrativeState = Words.Of(source.AdministrativeState);
        OperationalState = Words.Of(source.OperationalState);
        Flags = source.Flags;
        (LinkSpeedBps, LinkSpeedBpsReason) = (JsonReading.ValueOf(source.LinkSpeedBitsPerSecond), JsonReading.ReasonOf(source.LinkSpeedBitsPerSecond));
        (LowerIndex, LowerIndexReason) = (JsonReading.ValueOf(source.LowerIndex), JsonReading.ReasonOf(source.LowerIndex));
        (LowerNamespaceId, LowerNamespaceIdReason) = (JsonReading.ValueOf(source.LowerNamespaceId), JsonReading.ReasonOf(source.LowerNamespaceId));
        (MasterIndex, MasterIndexReason) = (JsonReading.ValueOf(source.MasterIndex), JsonReading.ReasonOf(source.MasterIndex));
        (Addresses, AddressesReason) = (JsonReading.ListOf(source.Addresses, address => new AddressJson(address)), JsonReading.ReasonOf(source.Addresses));
        (Counters, CountersReason) = (source.Counters.HasValue ? new CountersJson(source.Counters.Value) : null, JsonReading.ReasonOf(source.Counters));
        (DefaultGateways, DefaultGatewaysReason) = (JsonReading.ListOf(source.DefaultGateways, gateway => new GatewayJson(gateway)), JsonReading.ReasonOf(source.DefaultGateways));
        (DnsServers, DnsServersReason) = (JsonReading.ListOf(source.DnsServers, server => server.ToString()), JsonReading.ReasonOf(source.DnsServers));
        (SearchDomains, SearchDomainsReason) = (JsonReading.ListOf(source.SearchDomains, domain => domain), JsonReading.ReasonOf(source.SearchDomains));
    }

    /// <summary>"interface" in a stream of records of several types.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }

    /// <summary>When it was read, while watching.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Time { get; init; }

    public string Name { get; }

    public int Index { get; }

    public string Kind { get; }

    public string KindName { get; }

    public string? Description { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DescriptionReason { get; }

    public string? SystemName { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SystemNameReason { get; }

    public string LinkType { get; }

    public string? Mac { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MacReason { get; }

    public string? MacBroadcast { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MacBroadcastReason { get; }

    public long? Mtu { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MtuReason { get; }

    public string AdministrativeState { get; }

    public string OperationalState { get; }

    public IReadOnlyList<string> Flags { get; }

    public long? LinkSpeedBps { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LinkSpeedBpsReason { get; }

    public int? LowerIndex { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LowerIndexReason { get; }

    public int? LowerNamespaceId { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LowerNamespaceIdReason { get; }

    public int? MasterIndex { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MasterIndexReason { get; }

    public IReadOnlyList<AddressJson>? Addresses { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AddressesReason { get; }

    public CountersJson? Counters { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CountersReason { get; }

    /// <summary>Present only while watching.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RatesJson? Rates { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RatesReason { get; init; }

    public IReadOnlyList<GatewayJson>? DefaultGateways { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DefaultGatewaysReason { get; }

    public IReadOnlyList<string>? DnsServers { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DnsServersReason { get; }

    public IReadOnlyList<string>? SearchDomains { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SearchDomainsReason { get; }

    /// <summary>A record of `--format ndjson`.</summary>
    internal static InterfaceJson Record(NetworkInterface source) => new(source) { Type = "interface" };

    /// <summary>A record of `--watch --format ndjson`: with the time, and what it moved since the last reading.</summary>
    internal static InterfaceJson Record(NetworkInterface source, DateTimeOffset time, Reading<InterfaceRates> rates) => new(source)
    {
        Type = "interface",
        Time = time,
        Rates = rates.HasValue ? new RatesJson(rates.Value) : null,
        RatesReason = JsonReading.ReasonOf(rates),
    };
}
