using System.Diagnostics;

namespace Sonde.System.Tests;

/// <summary>Processes that a test starts and that end with it.</summary>
internal sealed class Swarm : IDisposable
{
    private readonly List<Process> _children = [];

    /// <summary>Their ids.</summary>
    internal IReadOnlyCollection<int> Pids => [.. _children.Select(static child => child.Id)];

    /// <summary>Starts shells with a script; without one they sleep.</summary>
    internal static Swarm Start(int count, string script = "exec sleep 60")
    {
        var swarm = new Swarm();
        for (int at = 0; at < count; at++)
        {
            var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(script);
            swarm._children.Add(Process.Start(start)!); // a program that exists starts
        }

        return swarm;
    }

    /// <summary>Writes to the standard input of all.</summary>
    internal void Say(string text)
    {
        foreach (Process child in _children)
        {
            child.StandardInput.Write(text);
            child.StandardInput.Flush();
        }
    }

    /// <summary>Ends their standard input, which ends those that read it.</summary>
    internal void CloseInput() => _children.ForEach(static child => child.StandardInput.Close());

    /// <summary>Waits, and tells whether the first one has ended meanwhile.</summary>
    internal bool HasEnded(TimeSpan within) => _children[0].WaitForExit(within);

    public void Dispose()
    {
        foreach (Process child in _children)
        {
            child.Kill(entireProcessTree: true);
            child.WaitForExit();
            child.StandardInput.Dispose();
            child.Dispose();
        }

        _children.Clear();
    }
}
