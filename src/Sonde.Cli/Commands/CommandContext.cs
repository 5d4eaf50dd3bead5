using System.CommandLine;
using System.CommandLine.Parsing;
using Sonde.Cli.Output;

namespace Sonde.Cli.Commands;

/// <summary>What every command gets: its output, the time, and the options that all share.</summary>
internal sealed class CommandContext(CommandOutput output, TimeProvider time, TextWriter? errors = null)
{
    internal CommandOutput Output { get; } = output;

    internal TimeProvider Time { get; } = time;

    /// <summary>Prints a line beside the output, on standard error: a note that must not get into a pipe.</summary>
    internal void Note(string text)
    {
        Output.Flush();
        (errors ?? Console.Error).WriteLine(SafeText.OneLine($"sonde: {text}"));
    }

    /// <summary>The --format option, new for each command.</summary>
    internal static Option<OutputFormat> FormatOption()
    {
        var option = new Option<OutputFormat>("--format", "-f")
        {
            Description = "How to print: pretty for people (the default); json, ndjson (an object a line) or tsv for programs.",
            HelpName = "pretty|json|ndjson|tsv",
            CustomParser = Parse,
        };

        // The enum's own names are capitalised.
        option.CompletionSources.Clear();
        option.CompletionSources.Add("pretty", "json", "ndjson", "tsv");
        return option;
    }

    private static OutputFormat Parse(ArgumentResult argument)
    {
        string word = argument.Tokens[0].Value;
        switch (word)
        {
            case "pretty":
                return OutputFormat.Pretty;
            case "json":
                return OutputFormat.Json;
            case "ndjson":
                return OutputFormat.Ndjson;
            case "tsv":
                return OutputFormat.Tsv;
            default:
                argument.AddError($"'{word}' is no output format: choose pretty, json, ndjson or tsv.");
                return OutputFormat.Pretty;
        }
    }
}
