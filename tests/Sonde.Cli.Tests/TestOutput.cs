using System.Text;
using Sonde.Cli.Commands;
using Sonde.Cli.Output;

namespace Sonde.Cli.Tests;

/// <summary>Catches what a command prints.</summary>
internal sealed class TestOutput : IDisposable
{
    private readonly MemoryStream _stream = new();

    internal TestOutput(int width = int.MaxValue) => Output = new CommandOutput(_stream, new Screen(width, int.MaxValue, IsTerminal: false, TextStyle.Plain));

    internal CommandOutput Output { get; }

    /// <summary>Runs the whole command line in this process.</summary>
    internal static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using var test = new TestOutput();
        using var errors = new StringWriter();
        int exitCode = SondeCommand.Run(arguments, new CommandContext(test.Output, TimeProvider.System, errors), errors);
        return (exitCode, test.Text(), errors.ToString());
    }

    internal string Text()
    {
        Output.Flush();
        return Encoding.UTF8.GetString(_stream.ToArray());
    }

    public void Dispose() => Output.Dispose();
}
