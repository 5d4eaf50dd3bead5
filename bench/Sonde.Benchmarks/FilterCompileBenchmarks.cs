using BenchmarkDotNet.Attributes;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Benchmarks;

/// <summary>Compiling filters, from the usual to the absurd.</summary>
[MemoryDiagnoser]
public class FilterCompileBenchmarks
{
    private string _hosts = string.Empty;

    [GlobalSetup]
    public void Compose() => _hosts = string.Join(" or ", Enumerable.Range(0, 400).Select(static i => $"host 10.0.{i / 200}.{i % 200}"));

    [Benchmark]
    public int Usual() => PacketFilter.Compile("tcp port 443 and not net 10.0.0.0/8", LinkType.Ethernet).Program.Length;

    [Benchmark]
    public int FourHundredHosts() => PacketFilter.Compile(_hosts, LinkType.Ethernet).Program.Length;
}
