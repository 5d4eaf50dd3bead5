using System.Diagnostics;
using System.Text;

namespace Sonde.Testing;

/// <summary>What a program printed and how it ended.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error);

/// <summary>Runs programs for tests, always with an end: a program that hangs is killed and fails the test.</summary>
public static class ChildProcess
{
    /// <summary>The built command: the apphost of Sonde.Cli in the same configuration as the tests.</summary>
    public static string Sonde { get; } = Repository.PathOf("artifacts", "bin", "Sonde.Cli", "release", "sonde");

    /// <summary>Runs a program and waits for its end.</summary>
    /// <remarks>The child starts in the namespaces of the calling thread, which is how tests look at a namespace of their own.</remarks>
    public static ProgramResult Run(string program, IEnumerable<string> arguments, TimeSpan? limit = null, IReadOnlyDictionary<string, string?>? environment = null, string? input = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.StandardInput.Write(input ?? string.Empty);
        process.StandardInput.Close();

        // Disposed here: a Process leaves readers that somebody asked for open.
        using StreamReader outputReader = process.StandardOutput;
        using StreamReader errorReader = process.StandardError;
        Task<string> output = outputReader.ReadToEndAsync();
        Task<string> error = errorReader.ReadToEndAsync();
        if (!process.WaitForExit(limit ?? TimeSpan.FromSeconds(60)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end in time.");
        }

        process.WaitForExit(); // the readers see the end of the pipes
        return new ProgramResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Runs a line of shell.</summary>
    public static ProgramResult Shell(string line, TimeSpan? limit = null, IReadOnlyDictionary<string, string?>? environment = null) =>
        Run("/bin/sh", ["-c", line], limit, environment);

    /// <summary>Runs a line of shell that must succeed.</summary>
    public static string MustShell(string line, TimeSpan? limit = null)
    {
        ProgramResult result = Shell(line, limit);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"'{line}' ended with {result.ExitCode}: {result.Error}");
    }
}
