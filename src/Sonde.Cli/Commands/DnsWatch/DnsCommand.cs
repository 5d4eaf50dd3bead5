using System.CommandLine;
using Sonde.Cli.Commands.Ps;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records.Filtering;
using Sonde.Host;
using Sonde.Link;

namespace Sonde.Cli.Commands.DnsWatch;

/// <summary>`sonde dns`: which process asks for which name, what it is told, how fast, and how the resolvers do.</summary>
internal static class DnsCommand
{
    private static readonly TableColumn[] s_columns = [new("FIELD"), new("KIND", 1), new("ALSO CALLED", 2)];

    internal static Command Build(CommandContext context)
    {
        var arguments = new DnsArguments(context);
        var command = new Command("dns", "Watches DNS: which process asks for which name, what it is told, how fast, and how the resolvers do.");
        arguments.AddTo(command);
        TeachingHelp.Install(
            command,
            """
              sudo sonde dns                                     five seconds: questions, answers, and how the resolvers do
              sudo sonde dns --follow                            a line a question, until Ctrl-C
              sudo sonde dns --follow --filter 'failure=true'    only what went wrong
              sudo sonde dns -d 60 --sort latency_ms --top 10    the ten slowest of a minute
              sudo sonde dns -d 60 --stats -f json | jq          how the resolvers do, for a program
              sudo sonde dns --follow -f ndjson | jq -r 'select(.outcome=="nxdomain").name'
              sonde dns --fields                                 the names of all fields

            Sees DNS over UDP and TCP on port 53, multicast DNS and LLMNR. Names asked for inside of TLS, HTTPS or QUIC are not seen. A
            question counts as not answered after --timeout. Needs the right to capture packets, of which the kernel hands over DNS only.
            """);
        command.SetAction(result => Run(context, arguments.Read(result)));
        return command;
    }

    private static int Run(CommandContext context, DnsRunOptions? options)
    {
        if (options is null)
        {
            context.Output.Write(TextTable.Draw(
                s_columns,
                [.. DnsFields.All.All.Select(static field => new[] { field.Name, PsFieldHelp.KindOf(field.Kind), string.Join(", ", field.Aliases) })],
                context.Output.Screen.Width,
                context.Output.Screen.Style));
            return ExitCode.Ok;
        }

        try
        {
            new DnsRun(context, options).Run();
            return ExitCode.Ok;
        }
        catch (FilterException slow)
        {
            throw FilterProblem.Explain(slow, $"{DnsArguments.Path} --fields");
        }
        catch (LinkException refused)
        {
            throw new UserErrorException(Explain(refused, options.Monitor.Interface), refused);
        }
        catch (HostException refused)
        {
            throw new UserErrorException(UserError.From("cannot watch DNS", refused), refused);
        }
        catch (PlatformNotSupportedException nowhere)
        {
            throw new UserErrorException(new UserError(ExitCode.Unavailable, "cannot watch DNS", nowhere.Message), nowhere);
        }
    }

    // The line that is to be typed again is this command's.
    private static UserError Explain(LinkException refused, string? interfaceName)
    {
        UserError error = LinkErrors.From("cannot watch DNS", $"{DnsArguments.Path} --interface", refused).Error;
        return error with
        {
            What = interfaceName is null ? "cannot watch DNS" : error.What,
            Advice = [.. error.Advice.Select(static line => line.EndsWith("sudo sonde", StringComparison.Ordinal) ? line + " dns" : line)],
        };
    }
}
