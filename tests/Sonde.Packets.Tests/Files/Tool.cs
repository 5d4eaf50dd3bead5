using System.ComponentModel;
using System.Diagnostics;

namespace Sonde.Packets.Tests.Files;

/// <summary>Runs public tools that read capture files, for tests that compare with them.</summary>
internal static class Tool
{
    internal sealed record Answer(int ExitCode, string Output, string Error);

    /// <summary>Runs a tool, or skips the test where it is not installed.</summary>
    internal static Answer Run(string name, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            Assert.Skip($"{name} is not installed: {missing.Message}");
            throw;
        }

        using (process)
        {
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = process.StandardOutput.ReadToEnd();
            string errors = error.GetAwaiter().GetResult();
            process.WaitForExit();
            return new Answer(process.ExitCode, output, errors);
        }
    }
}
