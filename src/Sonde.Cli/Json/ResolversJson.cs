using System.Text.Json.Serialization;
using Sonde.Host.Resolvers;

namespace Sonde.Cli.Json;

/// <summary>The answer of `sonde resolvers --format json`.</summary>
internal sealed class ResolversJson(ResolverSnapshot source)
{
    public IReadOnlyList<ServerJson> Servers { get; } = [.. source.Servers.Select(server => new ServerJson(server))];

    public IReadOnlyList<DomainJson> SearchDomains { get; } = [.. source.SearchDomains.Select(domain => new DomainJson(domain))];

    public IReadOnlyList<SourceJson> Sources { get; } = [.. source.Sources.Select(one => new SourceJson(one))];

    /// <summary>A name server.</summary>
    internal sealed class ServerJson(ResolverServer source)
    {
        public string Type { get; } = "server";

        public string Address { get; } = source.Address.ToString();

        public int Port { get; } = source.Port;

        public string? Interface { get; } = JsonReading.TextOf(source.InterfaceName);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? InterfaceReason { get; } = JsonReading.ReasonOf(source.InterfaceName);

        public int? InterfaceIndex { get; } = JsonReading.ValueOf(source.InterfaceIndex);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? InterfaceIndexReason { get; } = JsonReading.ReasonOf(source.InterfaceIndex);

        public string? ServerName { get; } = JsonReading.TextOf(source.ServerName);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? ServerNameReason { get; } = JsonReading.ReasonOf(source.ServerName);

        public IReadOnlyList<string> OnlyForDomains { get; } = source.OnlyForDomains;

        public bool IsLocalStub { get; } = source.IsLocalStub;

        public string Source { get; } = source.Source;
    }

    /// <summary>A search or routing domain.</summary>
    internal sealed class DomainJson(SearchDomain source)
    {
        public string Type { get; } = "search_domain";

        public string Name { get; } = source.Name;

        public bool RoutingOnly { get; } = source.RoutingOnly;

        public string? Interface { get; } = JsonReading.TextOf(source.InterfaceName);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? InterfaceReason { get; } = JsonReading.ReasonOf(source.InterfaceName);

        public int? InterfaceIndex { get; } = JsonReading.ValueOf(source.InterfaceIndex);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? InterfaceIndexReason { get; } = JsonReading.ReasonOf(source.InterfaceIndex);

        public string Source { get; } = source.Source;
    }

    /// <summary>A place that was looked at.</summary>
    internal sealed class SourceJson(ResolverSource source)
    {
        public string Type { get; } = "source";

        public string Name { get; } = source.Name;

        public string Status { get; } = Words.Of(source.Status);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Reason { get; } = source.Reason;

        public IReadOnlyList<string> Options { get; } = source.Options;

        public int Skipped { get; } = source.Skipped;
    }
}
