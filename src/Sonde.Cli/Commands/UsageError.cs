using System.CommandLine;
using System.CommandLine.Parsing;
using Sonde.Cli.Errors;

namespace Sonde.Cli.Commands;

/// <summary>Turns what the parser did not understand into an error that teaches.</summary>
internal static class UsageError
{
    internal static UserError From(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = PathOf(parsed.CommandResult);
        var advice = new List<string>();

        // The parser's own sentence for an unknown word is about "tokens"; ours names what was expected.
        string? unknown = parsed.UnmatchedTokens is [var first, ..] ? first : null;
        string what;
        string? why = null;
        if (unknown is not null)
        {
            if (unknown.StartsWith('-'))
            {
                return UnknownOption(path, unknown, OptionsOf(parsed.CommandResult).SelectMany(option => option.Aliases.Append(option.Name))).Error;
            }

            what = command.Subcommands.Count > 0 ? $"'{path}' has no command '{unknown}'" : $"'{path}' takes no argument '{unknown}'";
            why = DidYouMean(unknown, command.Subcommands.Select(sub => sub.Name));
        }
        else
        {
            what = parsed.Errors[0].Message.TrimEnd('.');
            what = char.ToLowerInvariant(what[0]) + what[1..];
        }

        advice.Add($"To see what it takes: {path} --help");
        return new UserError(ExitCode.Usage, what, why, advice);
    }

    /// <summary>A usage error of our own making.</summary>
    internal static UserErrorException Of(string command, string what, string? why = null) =>
        new(new UserError(ExitCode.Usage, what, why, $"To see what it takes: {command} --help"));

    /// <summary>An option that does not exist, with the one that was probably meant.</summary>
    internal static UserErrorException UnknownOption(string command, string typed, IEnumerable<string> known) =>
        Of(command, $"'{command}' has no option '{typed}'", DidYouMean(typed, known));

    private static string? DidYouMean(string typed, IEnumerable<string> known) =>
        Nearest.To(typed, known) is { } near ? $"Did you mean '{near}'?" : null;

    private static string PathOf(CommandResult result)
    {
        var names = new List<string>();
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: var command })
            {
                names.Add(command is RootCommand ? "sonde" : command.Name);
            }
        }

        names.Reverse();
        return string.Join(' ', names);
    }

    private static IEnumerable<Option> OptionsOf(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: var command })
            {
                foreach (Option option in command.Options.Where(option => at == result || option.Recursive))
                {
                    yield return option;
                }
            }
        }
    }
}
