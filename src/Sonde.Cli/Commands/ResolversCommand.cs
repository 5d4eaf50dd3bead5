using System.CommandLine;
using System.Globalization;
using System.Text;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Resolvers;

namespace Sonde.Cli.Commands;

/// <summary>`sonde resolvers`: who answers DNS for this host, and who said so.</summary>
internal static class ResolversCommand
{
    private static readonly TableColumn[] s_servers = [new("SERVER"), new("PORT", 3, IsNumber: true), new("INTERFACE", 1), new("NOTE", 2), new("FROM", 1)];
    private static readonly TableColumn[] s_domains = [new("DOMAIN"), new("USE", 2), new("INTERFACE", 1), new("FROM", 1)];
    private static readonly TableColumn[] s_sources = [new("SOURCE"), new("STATUS"), new("DETAIL", 1)];

    internal static Command Build(CommandContext context)
    {
        Option<OutputFormat> format = CommandContext.FormatOption();
        var command = new Command("resolvers", "Lists DNS servers and search domains, the interface each belongs to, and where each came from.") { format };
        TeachingHelp.Install(
            command,
            """
              sonde resolvers                                                    servers, domains and sources
              sonde resolvers --format json | jq -r '.servers[].address'         the addresses alone
              sonde resolvers -f tsv | awk -F'\t' '$1=="server" && $2!~/^127/'   servers that are not on this host
            """);
        command.SetAction(result =>
        {
            Print(context.Output, NameResolvers.Create().Collect(), result.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    internal static void Print(CommandOutput output, ResolverSnapshot snapshot, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteJson(snapshot, ResolversJson.Write);
                break;
            case OutputFormat.Ndjson:
                foreach (ResolverServer server in snapshot.Servers)
                {
                    output.WriteJsonLine(server, ResolversJson.WriteServer);
                }

                foreach (SearchDomain domain in snapshot.SearchDomains)
                {
                    output.WriteJsonLine(domain, ResolversJson.WriteDomain);
                }

                foreach (ResolverSource source in snapshot.Sources)
                {
                    output.WriteJsonLine(source, ResolversJson.WriteSource);
                }

                break;
            case OutputFormat.Tsv:
                WriteTsv(output, snapshot);
                break;
            default:
                output.Write(Pretty(snapshot, output.Screen));
                break;
        }
    }

    /// <summary>The tables for people.</summary>
    internal static string Pretty(ResolverSnapshot snapshot, Screen screen)
    {
        var text = new StringBuilder();
        text.Append(snapshot.Servers.Count == 0
            ? "No DNS server is configured.\n"
            : TextTable.Draw(
                s_servers,
                [.. snapshot.Servers.Select(server => new[] { server.Address.ToString(), server.Port == 53 ? string.Empty : Number(server.Port), Interface(server.InterfaceName), Note(server), server.Source })],
                screen.Width,
                screen.Style));
        if (snapshot.SearchDomains.Count > 0)
        {
            text.Append('\n').Append(TextTable.Draw(
                s_domains,
                [.. snapshot.SearchDomains.Select(domain => new[] { domain.Name, domain.RoutingOnly ? "routing only" : "search", Interface(domain.InterfaceName), domain.Source })],
                screen.Width,
                screen.Style));
        }

        text.Append('\n').Append(TextTable.Draw(
            s_sources,
            [.. snapshot.Sources.Select(source => new[] { source.Name, Reading.Describe(source.Status, null), Detail(source) })],
            screen.Width,
            screen.Style));
        return text.ToString();
    }

    private static void WriteTsv(CommandOutput output, ResolverSnapshot snapshot)
    {
        output.WriteTsv(["type", "value", "port", "interface", "note", "source"]);
        foreach (ResolverServer server in snapshot.Servers)
        {
            output.WriteTsv(["server", server.Address.ToString(), Number(server.Port), TsvInterface(server.InterfaceName), Note(server), server.Source]);
        }

        foreach (SearchDomain domain in snapshot.SearchDomains)
        {
            output.WriteTsv(["search_domain", domain.Name, "-", TsvInterface(domain.InterfaceName), domain.RoutingOnly ? "routing only" : string.Empty, domain.Source]);
        }

        foreach (ResolverSource source in snapshot.Sources)
        {
            output.WriteTsv(["source", source.Name, "-", "-", Reading.Describe(source.Status, source.Reason), source.Name]);
        }
    }

    private static string Note(ResolverServer server)
    {
        var notes = new List<string>();
        if (server.IsLocalStub)
        {
            notes.Add("forwarder on this host");
        }

        if (server.ServerName.HasValue)
        {
            notes.Add($"TLS name {server.ServerName.Value}");
        }

        if (server.OnlyForDomains.Count > 0)
        {
            notes.Add($"only for {string.Join(' ', server.OnlyForDomains)}");
        }

        return string.Join(", ", notes);
    }

    private static string Detail(ResolverSource source)
    {
        var details = new List<string>();
        if (source.Reason is not null)
        {
            details.Add(source.Reason);
        }

        if (source.Options.Count > 0)
        {
            details.Add(string.Join(' ', source.Options));
        }

        if (source.Skipped > 0)
        {
            details.Add($"{Number(source.Skipped)} entries not understood");
        }

        return string.Join("; ", details);
    }

    private static string Interface(Reading<string> name) => name.Status is ReadingStatus.Ok ? name.Value : name.Status is ReadingStatus.None ? string.Empty : $"({Reading.Describe(name.Status, null)})";

    private static string TsvInterface(Reading<string> name) => name.Status is ReadingStatus.None ? "-" : Interface(name);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
