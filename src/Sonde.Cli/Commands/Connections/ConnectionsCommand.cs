using System.CommandLine;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host;

namespace Sonde.Cli.Commands.Connections;

/// <summary>`sonde connections`: the sockets of this host, whose they are, and how their connections do.</summary>
internal static class ConnectionsCommand
{
    private static readonly TableColumn[] s_helpColumns = [new("FIELD"), new("KIND", 1), new("ALSO CALLED", 2)];

    internal static Command Build(CommandContext context)
    {
        var arguments = new ConnectionArguments();
        var command = new Command("connections", "Lists connections: process, container, direction, state, bytes, round trips, retransmits, congestion window and what else the system knows of them.");
        command.Aliases.Add("ss");
        arguments.AddTo(command);
        TeachingHelp.Install(
            command,
            """
              sonde connections                                            who is connected to whom, and how it goes
              sonde connections --listening                                what waits for others, and which process it is
              sudo sonde connections --watch                               live, with rates, and names as they are told
              sonde connections --resolve                                  with the names that resolvers have for addresses
              sonde connections --all --sort rtt_ms                        everything, the slowest first
              sonde connections --filter 'process:nginx and retransmits>0' a choice: : contains, = equals, ~ expression, < > numbers, :* has any
              sonde connections --filter 'remote_port=443' -f ndjson       for a program, a line each
              sonde connections --fields local,remote,cwnd,ssthresh,mss    what you need; `--fields help` lists all
            """);
        command.SetAction(result => Run(context, arguments.Read(result)));
        return command;
    }

    private static int Run(CommandContext context, ConnectionOptions? options)
    {
        if (options is null)
        {
            WriteFieldHelp(context.Output);
            return ExitCode.Ok;
        }

        try
        {
            using var reader = new ConnectionReader(context, options);
            if (options.Watch.IsOn)
            {
                ConnectionWatch.Run(context, reader, options);
                return ExitCode.Ok;
            }

            if ((options.Needs & ConnectionNeeds.Rates) == ConnectionNeeds.Rates)
            {
                using var stop = new GracefulStop();
                reader.Read(static (_, _) => { });
                stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(0.5));
            }

            var printer = new ConnectionOutput(context, options, reader.Names);
            if (options.Format == OutputFormat.Tsv)
            {
                printer.WriteHeader();
            }

            reader.Read(printer.Print);
            return ExitCode.Ok;
        }
        catch (FilterException slow)
        {
            throw FilterProblem.Explain(slow, $"{ConnectionArguments.Path} --fields help");
        }
        catch (HostException refused)
        {
            throw new UserErrorException(UserError.From("cannot list the connections", refused), refused);
        }
    }

    private static void WriteFieldHelp(CommandOutput output) => output.Write(TextTable.Draw(
        s_helpColumns,
        [.. ConnectionFields.All.All.Select(static field => new[] { field.Name, KindOf(field.Kind), string.Join(", ", field.Aliases) })],
        output.Screen.Width,
        output.Screen.Style));

    private static string KindOf(FieldKind kind) => kind switch
    {
        FieldKind.Number => "number",
        FieldKind.Bytes => "bytes",
        FieldKind.Count => "count",
        FieldKind.Real => "fraction",
        FieldKind.Boolean => "true or false",
        FieldKind.Time => "time",
        FieldKind.Duration => "seconds",
        FieldKind.List => "list",
        _ => "text",
    };
}
