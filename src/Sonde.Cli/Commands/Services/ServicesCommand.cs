using System.CommandLine;
using Sonde.Cli.Commands.Ps;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host;
using Sonde.Host.Services;

namespace Sonde.Cli.Commands.Services;

/// <summary>`sonde services`: what the service manager of this host looks after.</summary>
internal static class ServicesCommand
{
    private const string Path = "sonde services";

    internal static Command Build(CommandContext context)
    {
        Option<OutputFormat> format = CommandContext.FormatOption();
        var names = new Argument<string[]>("name") { Description = "Only these; one alone is shown with everything known about it.", Arity = ArgumentArity.ZeroOrMore, HelpName = "name" };
        var filter = new Option<string?>("--filter") { Description = "Which ones, of all there are: 'state:failed or start:disabled'.", HelpName = "expression" };
        var sort = new Option<string?>("--sort", "-s") { Description = "The order: a field; -FIELD turns it round.", HelpName = "field" };
        var all = new Option<bool>("--all", "-a") { Description = "Those that do not run, too, and what is no service: sockets, timers, mounts, drivers." };
        var user = new Option<bool>("--user", "-u") { Description = "Those that the user's own systemd looks after, instead of the host's (Linux)." };
        var fields = new Option<string?>("--fields") { Description = "Which fields, with commas between; 'help' lists them.", HelpName = "a,b,…" };
        fields.CompletionSources.Add(static _ => ServiceFields.All.All.Select(static field => new System.CommandLine.Completions.CompletionItem(field.Name)));
        var secrets = new Option<bool>("--show-secrets") { Description = "Shows passwords and tokens in commands, which are masked otherwise." };
        sort.CompletionSources.Add(static _ => ServiceFields.All.All.Select(static field => new System.CommandLine.Completions.CompletionItem(field.Name)));
        var command = new Command("services", "Lists services: systemd units, launchd jobs, Windows services, with state, start type, process, user and how they ended.")
        {
            names, format, filter, sort, fields, all, user, secrets,
        };
        TeachingHelp.Install(
            command,
            $"""
              sonde services                                    what runs, and what has failed
              sonde services ssh                                everything known about one, and why the rest is not
              sonde services --all                              all units, jobs or drivers there are
              sonde services --filter 'state=failed'            a choice, of all there are: : contains, = equals, ~ expression, :* has any
              sonde services --filter 'user=root and pid:*'     which of them have a process that may do everything
              sonde services --user                             those of this user's own systemd
              sonde services --fields name,state,restarts,since which columns; 'sonde services --fields help' lists all
              sonde services -f json | jq '.services[].name'    the same for programs

            Fields: {string.Join(", ", ServiceFields.All.All.Select(static field => field.Name))}
            """);
        command.SetAction(result => result.GetValue(fields) is "help" ? Help(context) : Run(context, new ServicesOptions(
            result.GetValue(format),
            result.GetValue(names) ?? [],
            ParseFilter(result.GetValue(filter)),
            ParseSort(result.GetValue(sort), out bool isDescending),
            isDescending,
            result.GetValue(all),
            result.GetValue(secrets))
        {
            IsOfUser = result.GetValue(user),
            Fields = ParseFields(result.GetValue(fields)),
        }));
        return command;
    }

    private static int Help(CommandContext context)
    {
        context.Output.Write(TextTable.Draw(
            [new("FIELD"), new("KIND", 1), new("ALSO CALLED", 2)],
            [.. ServiceFields.All.All.Select(static field => new[] { field.Name, PsFieldHelp.KindOf(field.Kind), string.Join(", ", field.Aliases) })],
            context.Output.Screen.Width,
            context.Output.Screen.Style));
        return ExitCode.Ok;
    }

    private static List<RecordField<ServiceRecord>>? ParseFields(string? names)
    {
        if (names is null)
        {
            return null;
        }

        var fields = new List<RecordField<ServiceRecord>>();
        foreach (string name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            RecordField<ServiceRecord> field = ServiceFields.All.TryFind(name, out RecordField<ServiceRecord>? found) ? found : throw UnknownField(name);
            if (!fields.Contains(field))
            {
                fields.Add(field);
            }
        }

        return fields.Count > 0 ? fields : throw UsageError.Of(Path, "--fields names no field");
    }

    private static UserErrorException UnknownField(string name) =>
        UsageError.Of(Path, $"there is no field '{name}'", ServiceFields.All.NearestTo(name) is { } near ? $"Did you mean '{near}'?" : null);

    private static int Run(CommandContext context, ServicesOptions options)
    {
        try
        {
            using var services = SystemServices.Open(new ServiceOptions { ShowSecrets = options.ShowSecrets, OfUser = options.IsOfUser });
            ServiceSnapshot snapshot = services.Collect();
            List<ServiceRecord> shown = options.Choose(snapshot);
            if (options.Names.Count > 0 && shown.Count == 0)
            {
                throw Missing(snapshot, options);
            }

            ServicesOutput.Print(context, snapshot, shown, options);
            return ExitCode.Ok;
        }
        catch (FilterException slow)
        {
            throw FilterProblem.Explain(slow, $"{Path} --help");
        }
        catch (HostException refused)
        {
            throw new UserErrorException(UserError.From("cannot list the services", refused), refused);
        }
    }

    private static UserErrorException Missing(ServiceSnapshot snapshot, ServicesOptions options)
    {
        string name = options.Names[0];
        string? near = Nearest.To(name, snapshot.Services.Select(static service => service.Name))
            ?? Nearest.To($"{name}.service", snapshot.Services.Select(static service => service.Name));
        return new UserErrorException(new UserError(
            ExitCode.Failure,
            options.Filter is null ? $"there is no service '{string.Join("', '", options.Names)}'" : "no service of that name fits the filter",
            near is null || options.Filter is not null ? null : $"Did you mean '{near}'?",
            $"To see all of them:  {Path} --all"));
    }

    private static RecordFilter<ServiceRecord>? ParseFilter(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : RecordFilter<ServiceRecord>.Parse(text, ServiceFields.All);
        }
        catch (FilterException error)
        {
            throw FilterProblem.Explain(error, $"{Path} --help");
        }
    }

    private static RecordField<ServiceRecord>? ParseSort(string? text, out bool isDescending)
    {
        isDescending = false;
        if (text is null)
        {
            return null;
        }

        bool isTurned = text.StartsWith('-');
        string name = isTurned ? text[1..] : text;
        if (!ServiceFields.All.TryFind(name, out RecordField<ServiceRecord>? field))
        {
            throw UnknownField(name);
        }

        isDescending = RecordOrder.IsMeasured(field.Kind) != isTurned;
        return field;
    }
}
