using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sonde.Cli.Commands;

/// <summary>The usual help with examples below it: a user learns from a line that can be typed.</summary>
internal sealed class TeachingHelp : SynchronousCommandLineAction
{
    private const string ExitCodes = "0 ok, 1 failure, 2 usage, 69 no backend serves here, 77 rights are missing";
    private readonly HelpAction _usual;
    private readonly string _examples;

    private TeachingHelp(HelpAction usual, string examples)
    {
        _usual = usual;
        _examples = examples;
    }

    /// <summary>Help may be asked for beside any mistake.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>Gives <paramref name="command"/> a --help of its own that ends with <paramref name="examples"/>.</summary>
    internal static void Install(Command command, string examples)
    {
        foreach (Option old in command.Options.Where(option => option is HelpOption).ToList())
        {
            command.Options.Remove(old);
        }

        var option = new HelpOption();
        option.Action = new TeachingHelp((HelpAction)option.Action!, examples); // a new HelpOption has its HelpAction
        command.Options.Add(option);
    }

    /// <summary>The help that was installed.</summary>
    internal static TeachingHelp Of(Command command) =>
        (TeachingHelp)command.Options.OfType<HelpOption>().Single().Action!; // Install has put it there

    public override int Invoke(ParseResult parseResult)
    {
        _usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        output.WriteLine(_examples);
        output.WriteLine();
        output.WriteLine($"Exit codes: {ExitCodes}");
        return ExitCode.Ok;
    }
}
