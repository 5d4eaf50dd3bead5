using System.Globalization;

namespace Sonde.Host.Processes;

/// <summary>Names one life of one process for ever: a process id that is used again has another key, and so has every process after a reboot.</summary>
/// <param name="Boot">Which run of the system this is.</param>
/// <param name="Pid">The process id.</param>
/// <param name="Start">The system's own mark of the start: clock ticks since boot on Linux, a sequence number or creation time on Windows, the unique id on macOS. Never a wall-clock time that somebody can set.</param>
public readonly record struct ProcessKey(Guid Boot, int Pid, ulong Start)
{
    /// <summary>The key as one word: "1234-98765@3f2a…".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid}-{Start}@{Boot:N}");
}
