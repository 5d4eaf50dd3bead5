using System.CommandLine;
using System.CommandLine.Completions;
using Sonde.Cli.Commands.Connections;
using Sonde.Cli.Commands.DnsWatch;
using Sonde.Cli.Commands.Events;
using Sonde.Cli.Commands.HostFacts;
using Sonde.Cli.Commands.Ps;
using Sonde.Cli.Commands.Services;
using Sonde.Cli.Commands.Snapshot;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Host.Streams;

namespace Sonde.Cli.Commands;

/// <summary>The command line: its tree, and the one place where errors become messages and exit codes.</summary>
internal static class SondeCommand
{
    // In the order of the help. The names are those of the command and its aliases.
    private static readonly (string[] Names, Func<CommandContext, Command> Build)[] s_commands =
    [
        (["snapshot"], SnapshotCommand.Build),
        (["connections", "ss"], ConnectionsCommand.Build),
        (["dns"], DnsCommand.Build),
        (["interfaces", "if"], InterfacesCommand.Build),
        (["resolvers"], ResolversCommand.Build),
        (["ps"], PsCommand.Build),
        (["events"], EventsCommand.Build),
        (["services"], ServicesCommand.Build),
        (["host", "system"], HostCommand.Build),
        (["capture"], CaptureCommand.Build),
        (["read"], ReadCommand.Build),
        (["send"], SendCommand.Build),
        (["tun"], TunCommand.Build),
        (["doctor"], DoctorCommand.Build),
        (["completion"], CompletionCommand.Build),
    ];

    /// <summary>Runs the command with this process's output and arguments.</summary>
    internal static int Run(string[] arguments)
    {
        using var output = new CommandOutput(StandardOutput.Create().Open(), Screen.Detect());
        return Run(arguments, new CommandContext(output, TimeProvider.System), Console.Error);
    }

    /// <summary>Runs the command and tells errors to <paramref name="errors"/>.</summary>
    internal static int Run(string[] arguments, CommandContext context, TextWriter errors)
    {
        int exitCode;
        try
        {
            exitCode = Invoke(arguments, context);
            context.Output.Flush();
            return exitCode;
        }
        catch (UserErrorException error)
        {
            return Report(error.Error, context, errors);
        }
        catch (IOException closed) when (StandardOutput.IsClosedPipe(closed))
        {
            // `sonde … | head`: the reader has what it wanted.
            context.Output.Abandon();
            return ExitCode.Ok;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            context.Output.Abandon();
            return Report(new UserError(ExitCode.Failure, "cannot write the output", failure.Message), context, errors);
        }
    }

    /// <summary>The tree of commands.</summary>
    /// <param name="context">What every command gets.</param>
    /// <param name="typed">The first word that was typed: when it is a command or asks for the version, the others, each of which costs a millisecond, are not made.</param>
    internal static RootCommand Build(CommandContext context, string? typed = null)
    {
        var root = new RootCommand("Shows what a host does on its network, and what it may do: the same on Linux, macOS and Windows.");
        Func<CommandContext, Command>? only = Array.Find(s_commands, command => Array.IndexOf(command.Names, typed) >= 0).Build;
        foreach ((_, Func<CommandContext, Command> build) in s_commands)
        {
            if (typed != "--version" && (only is null || only == build))
            {
                root.Add(build(context));
            }
        }

        root.SetAction(result =>
        {
            context.Output.Flush();
            TeachingHelp.Of(root).Invoke(result);
            return ExitCode.Usage;
        });
        TeachingHelp.Install(
            root,
            """
              sudo sonde snapshot --duration 5      which process sends and receives how much
              sonde connections                     which process talks to whom, and how it goes
              sudo sonde dns --follow               which process asks for which name, and what it is told
              sonde interfaces --watch              live rates, until Ctrl-C
              sonde capture --interface eth0        a line a packet, like tcpdump's
              sonde read in.pcapng 'tcp port 443'   the packets of a capture file, like tcpdump
              sonde read in.pcapng --stats          who talked to whom in a capture file
              sonde resolvers                       who answers DNS, and who said so
              sonde ps --tree                       what runs here, and who started it
              sonde events                          what starts and ends, as it happens
              sonde services                        what the service manager looks after
              sonde host                            which system this is, what protects it, how busy it is
              sonde tun create --name sonde0 --address 10.0.0.2/24    a virtual adapter
              sonde doctor                          what works here, and what would make the rest work
              sonde interfaces --format json | jq   the same for programs
            """);
        return root;
    }

    private static int Invoke(string[] arguments, CommandContext context)
    {
        arguments = WithCommand(arguments);
        RootCommand root = Build(context, arguments.FirstOrDefault());

        // No response files: an interface may be called "@x", and nobody expects `sonde interfaces @x` to read a file.
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool isCompleting = root.Directives.OfType<SuggestDirective>().Any(suggest => parsed.GetResult(suggest) is not null);
        if (parsed.Errors.Count > 0 && !isCompleting && parsed.Action is not TeachingHelp)
        {
            throw new UserErrorException(UsageError.From(parsed));
        }

        var writer = new StringWriter();
        int exitCode = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = writer, Error = writer });
        context.Output.Write(writer.ToString());
        return exitCode;
    }

    // netoproc has no commands: its options alone mean a snapshot.
    private static string[] WithCommand(string[] arguments) =>
        arguments is [var first, ..] && SnapshotArguments.IsAlsoNetoproc(first.Split('=')[0]) ? ["snapshot", .. arguments] : arguments;

    private static int Report(UserError error, CommandContext context, TextWriter errors)
    {
        try
        {
            // What was found before the failure belongs to the user.
            context.Output.Flush();
        }
        catch (IOException)
        {
            // The error below is the one to tell; a dead output cannot be told on that output.
            context.Output.Abandon();
        }

        errors.Write(error.ToString());
        return error.ExitCode;
    }
}
