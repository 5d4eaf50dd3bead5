using System.CommandLine;
using Sonde.Cli.Commands.Ps;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records.Filtering;
using Sonde.Host;

namespace Sonde.Cli.Commands.Events;

/// <summary>`sonde events`: what starts, executes and ends on this host, as it happens.</summary>
internal static class EventsCommand
{
    private static readonly TableColumn[] s_columns = [new("FIELD"), new("KIND", 1), new("ALSO CALLED", 2)];

    internal static Command Build(CommandContext context)
    {
        var arguments = new EventsArguments();
        var command = new Command("events", "Tells of processes as they start, execute programs and end: command line, parent, user, container, exit code; and of what it missed.");
        arguments.AddTo(command);
        TeachingHelp.Install(
            command,
            """
              sudo sonde events                                         a line an event, until Ctrl-C
              sudo sonde events --filter 'event:executed and user=root' what root executes
              sudo sonde events --filter 'event:exited and not exit_code=0' -d 60
              sudo sonde events --filter 'container:*' -f ndjson        for a program: what happens in containers
              sudo sonde events -f tsv --fields time,event,pid,command  a table of chosen fields
              sonde events --source snapshots --interval 0.2            without a stream: what lives longer than 0.2 s
              sonde events --fields help                                the names of all fields

            A process may be gone before it can be read: 'enrichment' says full, partial or none. What was lost on the way is told as a
            'lost' event, then the process table is read anew, and 'resynced' says what that found. Needs no right on Linux 6.6 and later,
            CAP_NET_ADMIN before and for a large buffer, CAP_SYS_PTRACE for programs of other users; an administrator on Windows. Rights
            that are not needed any more are given up once the source is open.
            """);
        command.SetAction(result => Run(context, arguments.Read(result)));
        return command;
    }

    private static int Run(CommandContext context, EventsOptions? options)
    {
        if (options is null)
        {
            context.Output.Write(TextTable.Draw(
                s_columns,
                [.. EventFields.All.All.Select(static field => new[] { field.Name, PsFieldHelp.KindOf(field.Kind), string.Join(", ", field.Aliases) })],
                context.Output.Screen.Width,
                context.Output.Screen.Style));
            return ExitCode.Ok;
        }

        try
        {
            new EventsRun(context, options).Run();
            return ExitCode.Ok;
        }
        catch (FilterException slow)
        {
            throw FilterProblem.Explain(slow, "sonde events --fields help");
        }
        catch (HostException refused)
        {
            throw new UserErrorException(UserError.From("cannot tell events of processes", refused), refused);
        }
    }
}
