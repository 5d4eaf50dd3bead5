using BenchmarkDotNet.Attributes;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Benchmarks;

/// <summary>Our programs beside libpcap's, both in our interpreter, per packet.</summary>
[MemoryDiagnoser]
public class FilterBenchmarks
{
    private const int Rounds = 1000;
    private const int Packets = 94 * Rounds;

    private byte[][] _frames = [];
    private BpfInstruction[] _ours = [];
    private BpfInstruction[] _libpcap = [];

    [Params("tcp port 80", "tcp and port 443 and not net 10.0.0.0/8", "tcp port 80 or 443 and not host 10.0.0.1")]
    public string Expression { get; set; } = string.Empty;

    [GlobalSetup]
    public void Compile()
    {
        (_, _frames) = RecordedPackets.Read("protocols.pcap");
        _ours = PacketFilter.Compile(Expression, LinkType.Ethernet).Program.ToArray();
        _libpcap = RecordedPackets.Libpcap(Expression);
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public long Ours() => Run(_ours);

    [Benchmark(Baseline = true, OperationsPerInvoke = Packets)]
    public long Libpcap() => Run(_libpcap);

    private long Run(BpfInstruction[] program)
    {
        long passed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (byte[] frame in _frames)
            {
                passed += BpfProgram.Run(program, frame, frame.Length) != 0 ? 1 : 0;
            }
        }

        return passed;
    }
}
