using BenchmarkDotNet.Attributes;
using Sonde.Packets;
using Sonde.Packets.Files;

namespace Sonde.Benchmarks;

/// <summary>Writing and reading capture files in memory, per packet.</summary>
[MemoryDiagnoser]
public class CaptureFileBenchmarks
{
    private const int Packets = 94_000;

    private byte[][] _frames = [];
    private byte[] _file = [];

    [GlobalSetup]
    public void Read()
    {
        (_, _frames) = RecordedPackets.Read("protocols.pcap");
        using var file = new MemoryStream();
        Write(file);
        _file = file.ToArray();
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public long WritePcapNg() => Write(Stream.Null);

    [Benchmark(OperationsPerInvoke = Packets)]
    public long ReadPcapNg()
    {
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(_file));
        long bytes = 0;
        while (reader.TryRead(out CapturedPacket packet))
        {
            bytes += packet.Data.Length;
        }

        return bytes;
    }

    private long Write(Stream stream)
    {
        using var writer = new PcapNgWriter(stream, new PcapNgWriterOptions { LeaveOpen = true });
        writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet, Name = "eth0" });
        for (int packet = 0; packet < Packets; packet++)
        {
            byte[] frame = _frames[packet % _frames.Length];
            writer.Write(0, frame, frame.Length, packet);
        }

        writer.Flush();
        return writer.Length;
    }
}
