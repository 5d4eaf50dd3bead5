using System.Diagnostics;

namespace Sonde.System.Tests.Bpf;

/// <summary>A process that does nothing, and has come to rest, until this is disposed.</summary>
internal sealed class SleepingChild : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sonde-child-").FullName;
    private readonly Process _process;

    /// <summary>Starts sleep under a name of its own, or another program that ends in sleeping.</summary>
    internal SleepingChild(string name = "sleep", params string[] command)
    {
        string program = Path.Combine(_folder, name);
        File.Copy("/bin/sleep", program);
        _process = command.Length == 0
            ? Process.Start(new ProcessStartInfo(program, ["60"]) { UseShellExecute = false })! // it exists
            : Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false })!; // it exists

        // Asleep, and twice the same: what it counts stands still.
        string last = string.Empty;
        for (int i = 0; i < 500; i++)
        {
            ProcStat stat = ProcStat.Read(Pid);
            string now = stat.Name + string.Join(' ', stat.Rest);
            if (now == last && stat.Rest[0] == "S" && stat.Name == (command.Length == 0 ? name : "sleep"))
            {
                return;
            }

            last = now;
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
        Directory.Delete(_folder, recursive: true);
    }
}
