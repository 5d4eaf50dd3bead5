using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Benchmarks;

/// <summary>What opening the task iterator and reading all processes costs, with many processes around; as root, on Linux.</summary>
/// <remarks>`Sonde.Benchmarks tasks SPAWN COUNT`, where SPAWN is bench/spawn.c compiled. No BenchmarkDotNet: opening is measured cold, once.</remarks>
[SupportedOSPlatform("linux")]
internal static class TaskIteratorRun
{
    private const int Cycles = 50;

    internal static int Run(string spawn, int processes)
    {
        MeasureOpening();
        using Process herd = Process.Start(new ProcessStartInfo(spawn, [processes.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!; // it exists
        try
        {
            if (herd.StandardOutput.ReadLine() != "ready")
            {
                return 1;
            }

            foreach (TaskFields fields in new[] { TaskFields.Core, TaskFields.EveryCycle, TaskFields.EveryCycle | TaskFields.Credentials, TaskFields.All })
            {
                MeasureReading(fields);
            }

            return 0;
        }
        finally
        {
            herd.StandardInput.Close();
            herd.WaitForExit();
        }
    }

    private static void MeasureOpening()
    {
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using KernelBtf bytes = KernelBtf.Open();
            TimeSpan opened = Stopwatch.GetElapsedTime(start);
            if (!Btf.TryParse(bytes.Bytes, out Btf btf, out BtfDefect defect))
            {
                throw new InvalidOperationException(defect.ToString());
            }

            TimeSpan parsed = Stopwatch.GetElapsedTime(start);
            btf.Find(BtfKind.Function, "bpf_iter_task"u8);
            TimeSpan found = Stopwatch.GetElapsedTime(start);
            TaskProgram.TryWrite(in btf, TaskFields.All, out _);
            TimeSpan written = Stopwatch.GetElapsedTime(start);
            using TaskIterator? tasks = TaskIterator.TryOpen(TaskFields.All, out string reason);
            TimeSpan all = Stopwatch.GetElapsedTime(start);
            Console.WriteLine(tasks is null
                ? reason
                : $"open {Milliseconds(opened)} ms, parse BTF {Milliseconds(parsed - opened)}, find {Milliseconds(found - parsed)}, write program {Milliseconds(written - found)}; all again with load and attach {Milliseconds(all - written)}{(i == 0 ? " (cold)" : string.Empty)}");
        }
    }

    private static void MeasureReading(TaskFields fields)
    {
        using TaskIterator tasks = TaskIterator.TryOpen(fields, out string reason) ?? throw new InvalidOperationException(reason);
        for (int i = 0; i < 5; i++)
        {
            tasks.Read();
        }

        double[] times = new double[Cycles];
        int count = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Cycles; i++)
        {
            long start = Stopwatch.GetTimestamp();
            count = tasks.Read().Length;
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{fields}: {count} processes, {tasks.Threads} further threads: best {times[0]:F1} ms, median {times[Cycles / 2]:F1}, worst {times[^1]:F1}; {allocated / Cycles} B a cycle"));
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
}
