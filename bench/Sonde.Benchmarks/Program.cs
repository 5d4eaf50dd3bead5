using BenchmarkDotNet.Running;
using Sonde.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(InterfaceBenchmarks).Assembly).Run(args);
