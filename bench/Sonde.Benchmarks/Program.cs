using System.Globalization;
using BenchmarkDotNet.Running;
using Sonde.Benchmarks;

if (args is ["tasks", var spawn, var count] && OperatingSystem.IsLinux())
{
    return TaskIteratorRun.Run(spawn, int.Parse(count, CultureInfo.InvariantCulture));
}

BenchmarkSwitcher.FromAssembly(typeof(InterfaceBenchmarks).Assembly).Run(args);
return 0;
