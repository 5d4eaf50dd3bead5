using BenchmarkDotNet.Attributes;
using Sonde.Packets;

namespace Sonde.Benchmarks;

/// <summary>Time per packet of what is done with every packet; budget of the summary: 25 ns and not a byte.</summary>
[MemoryDiagnoser]
public class PacketBenchmarks
{
    private const int Rounds = 1000;

    private readonly char[] _line = new char[PacketText.UsualLength * 4];
    private LinkType _type;
    private byte[][] _frames = [];

    /// <summary>As many operations as there are packets in all rounds, so that figures are per packet.</summary>
    private const int Packets = 94 * Rounds;

    [GlobalSetup]
    public void Read()
    {
        (_type, _frames) = RecordedPackets.Read("protocols.pcap");
        if (_frames.Length != Packets / Rounds)
        {
            throw new InvalidOperationException($"The figures are per packet of a capture of {Packets / Rounds}; this one has {_frames.Length}.");
        }
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public long Summary()
    {
        long sum = 0;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (byte[] frame in _frames)
            {
                PacketSummary.TryRead(_type, frame, frame.Length, out PacketSummary summary);
                sum += summary.SourcePort + summary.PayloadLength;
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public long Line()
    {
        long sum = 0;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (byte[] frame in _frames)
            {
                PacketText.TryFormat(_type, frame, frame.Length, _line, out int length);
                sum += length;
            }
        }

        return sum;
    }
}
