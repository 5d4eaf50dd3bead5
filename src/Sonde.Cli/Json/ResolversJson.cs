using Sonde.Cli.Output;
using Sonde.Host.Resolvers;

namespace Sonde.Cli.Json;

/// <summary>The answer of `sonde resolvers` as JSON.</summary>
internal static class ResolversJson
{
    internal static void Write(JsonText json, ResolverSnapshot snapshot)
    {
        json.BeginObject();
        json.BeginArray("servers"u8);
        foreach (ResolverServer server in snapshot.Servers)
        {
            WriteServer(json, server);
        }

        json.EndArray();
        json.BeginArray("search_domains"u8);
        foreach (SearchDomain domain in snapshot.SearchDomains)
        {
            WriteDomain(json, domain);
        }

        json.EndArray();
        json.BeginArray("sources"u8);
        foreach (ResolverSource source in snapshot.Sources)
        {
            WriteSource(json, source);
        }

        json.EndArray();
        json.EndObject();
    }

    internal static void WriteServer(JsonText json, ResolverServer server)
    {
        json.BeginObject();
        json.Property("type"u8, "server"u8);
        json.Property("address"u8, server.Address.ToString());
        json.Property("port"u8, server.Port);
        json.Property("interface"u8, server.InterfaceName);
        json.Property("interface_index"u8, server.InterfaceIndex);
        json.Property("server_name"u8, server.ServerName);
        json.Property("only_for_domains"u8, server.OnlyForDomains);
        json.Property("is_local_stub"u8, server.IsLocalStub);
        json.Property("source"u8, server.Source);
        json.EndObject();
    }

    internal static void WriteDomain(JsonText json, SearchDomain domain)
    {
        json.BeginObject();
        json.Property("type"u8, "search_domain"u8);
        json.Property("name"u8, domain.Name);
        json.Property("routing_only"u8, domain.RoutingOnly);
        json.Property("interface"u8, domain.InterfaceName);
        json.Property("interface_index"u8, domain.InterfaceIndex);
        json.Property("source"u8, domain.Source);
        json.EndObject();
    }

    internal static void WriteSource(JsonText json, ResolverSource source)
    {
        json.BeginObject();
        json.Property("type"u8, "source"u8);
        json.Property("name"u8, source.Name);
        json.Property("status"u8, Words.Of(source.Status));
        if (source.Reason is not null)
        {
            json.Property("reason"u8, source.Reason);
        }

        json.Property("options"u8, source.Options);
        json.Property("skipped"u8, source.Skipped);
        json.EndObject();
    }
}
