using System.Globalization;
using BenchmarkDotNet.Running;
using Sonde.Benchmarks;

if (args is ["tasks", var spawn, var count] && OperatingSystem.IsLinux())
{
    return TaskIteratorRun.Run(spawn, int.Parse(count, CultureInfo.InvariantCulture));
}

if (args is ["processes", ..])
{
    ProcessCycles.Run(args.AsSpan(1));
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(InterfaceBenchmarks).Assembly).Run(args);
return 0;
