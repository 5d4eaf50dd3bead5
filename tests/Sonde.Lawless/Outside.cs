using System.Diagnostics;

namespace Sonde.Lawless;

/// <summary>Planted: runs a program, asks the wall clock, sleeps.</summary>
internal static class Outside
{
    internal static Process? Run() => Process.Start(new ProcessStartInfo("ip"));

    internal static DateTime Now() => DateTime.Now;

    internal static DateTimeOffset Utc() => DateTimeOffset.UtcNow;

    internal static void Wait() => Thread.Sleep(1);
}
