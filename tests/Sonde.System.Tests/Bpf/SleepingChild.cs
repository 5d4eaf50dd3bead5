using System.Diagnostics;

namespace Sonde.System.Tests.Bpf;

/// <summary>A process that does nothing, and has come to rest, until this is disposed.</summary>
internal sealed class SleepingChild : IDisposable
{
    private readonly Process _process = Process.Start(new ProcessStartInfo("sleep", ["60"]) { UseShellExecute = false })!; // it exists

    internal SleepingChild()
    {
        // Asleep in its own program, and twice the same: what it counts stands still.
        string last = string.Empty;
        for (int i = 0; i < 500; i++)
        {
            string stat = File.ReadAllText($"/proc/{Pid}/stat");
            if (stat == last && stat.Contains("(sleep) S", StringComparison.Ordinal))
            {
                return;
            }

            last = stat;
            _process.WaitForExit(10);
        }

        throw new TimeoutException("the child does not come to rest");
    }

    internal int Pid => _process.Id;

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
