using System.Diagnostics;
using System.Globalization;
using Sonde.Host.Processes;

namespace Sonde.Benchmarks;

/// <summary>Cycles of the process collector, a line each: "milliseconds processes bytes-allocated"; bench/processes sets them beside the same loop in C.</summary>
internal static class ProcessCycles
{
    /// <summary>Runs `processes ENGINE FIELDS CYCLES`: auto, bpf or proc; names of <see cref="ProcessFields"/> with commas between.</summary>
    internal static void Run(ReadOnlySpan<string> arguments)
    {
        var options = new ProcessCollectorOptions
        {
            Engine = arguments[0] switch
            {
                "proc" => ProcessEngineKind.Proc,
                "bpf" => ProcessEngineKind.Bpf,
                _ => ProcessEngineKind.Automatic,
            },
            Fields = Enum.Parse<ProcessFields>(arguments[1], ignoreCase: true),
            IdentityRefresh = TimeSpan.FromHours(1),
        };
        int cycles = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        using ProcessCollector collector = ProcessCollector.Create(options);
        for (int cycle = 0; cycle < cycles; cycle++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            using ProcessSnapshot snapshot = collector.Collect();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMilliseconds:0.000} {snapshot.Count} {allocated}"));
        }
    }
}
