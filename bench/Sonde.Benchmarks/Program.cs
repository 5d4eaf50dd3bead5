using BenchmarkDotNet.Running;
using Sonde.Benchmarks;

if (args is ["processes", ..])
{
    ProcessCycles.Run(args.AsSpan(1));
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(InterfaceBenchmarks).Assembly).Run(args);
