using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>An interface as JSON: docs/json.md describes the fields.</summary>
internal static class InterfaceJson
{
    /// <summary>A record of `--format ndjson`.</summary>
    internal static void WriteRecord(JsonText json, NetworkInterface source)
    {
        json.BeginObject();
        json.Property("type"u8, "interface"u8);
        WriteFields(json, source);
        json.EndObject();
    }

    /// <summary>A record of `--watch --format ndjson`: with the time, and what it moved since the last reading.</summary>
    internal static void WriteRecord(JsonText json, (NetworkInterface Source, DateTimeOffset Time, Reading<InterfaceRates> Rates) record)
    {
        json.BeginObject();
        json.Property("type"u8, "interface"u8);
        json.Property("time"u8, record.Time);
        WriteFields(json, record.Source);
        if (json.Holds("rates"u8, record.Rates))
        {
            RatesJson.Write(json, record.Rates.Value);
        }

        json.EndObject();
    }

    internal static void WriteFields(JsonText json, NetworkInterface source)
    {
        json.Property("name"u8, source.Name);
        json.Property("index"u8, source.Index);
        json.Property("kind"u8, Words.Of(source.Kind));
        json.Property("kind_name"u8, source.KindName);
        json.Property("description"u8, source.Description);
        json.Property("system_name"u8, source.SystemName);
        json.Property("link_type"u8, source.LinkType);
        WriteHardware(json, "mac"u8, source.HardwareAddress);
        WriteHardware(json, "mac_broadcast"u8, source.HardwareBroadcast);
        json.Property("mtu"u8, source.Mtu);
        json.Property("administrative_state"u8, Words.Of(source.AdministrativeState));
        json.Property("operational_state"u8, Words.Of(source.OperationalState));
        json.Property("flags"u8, source.Flags);
        json.Property("link_speed_bps"u8, source.LinkSpeedBitsPerSecond);
        json.Property("lower_index"u8, source.LowerIndex);
        json.Property("lower_namespace_id"u8, source.LowerNamespaceId);
        json.Property("master_index"u8, source.MasterIndex);
        if (json.Holds("addresses"u8, source.Addresses))
        {
            json.BeginArray();
            foreach (InterfaceAddress address in source.Addresses.Value)
            {
                AddressJson.Write(json, address);
            }

            json.EndArray();
        }

        if (json.Holds("counters"u8, source.Counters))
        {
            CountersJson.Write(json, source.Counters.Value);
        }

        if (json.Holds("default_gateways"u8, source.DefaultGateways))
        {
            json.BeginArray();
            foreach (DefaultGateway gateway in source.DefaultGateways.Value)
            {
                GatewayJson.Write(json, gateway);
            }

            json.EndArray();
        }

        if (json.Holds("dns_servers"u8, source.DnsServers))
        {
            json.BeginArray();
            foreach (System.Net.IPAddress server in source.DnsServers.Value)
            {
                AddressJson.WriteScoped(json, server);
            }

            json.EndArray();
        }

        json.Property("search_domains"u8, source.SearchDomains);
    }

    private static void WriteHardware(JsonText json, ReadOnlySpan<byte> name, Reading<HardwareAddress> address)
    {
        if (json.Holds(name, address))
        {
            json.Value(address.Value.ToString());
        }
    }
}
