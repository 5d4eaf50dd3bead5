using Sonde.Packets.Files;

namespace Sonde.Packets.Tests.Files;

/// <summary>Small capture files, and their packets as values that tests can compare.</summary>
internal static class Captures
{
    internal const long SomeTime = 1_700_000_000_123_456_789;

    internal sealed record Packet(string Data, long WireLength, long? Time, int InterfaceId, LinkType LinkType, string Comment);

    internal sealed record Result(List<Packet> Packets, CaptureEnding Ending, CaptureReadCounters Counters);

    /// <summary>Packets of 0, 1, 2, 3, 4, 60 and 1500 bytes.</summary>
    internal static IEnumerable<byte[]> SomePackets => new[] { 0, 1, 2, 3, 4, 60, 1500 }.Select(length => Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray());

    internal static byte[] Pcap(PcapWriterOptions? options = null)
    {
        var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream, options))
        {
            int at = 0;
            foreach (byte[] packet in SomePackets)
            {
                writer.Write(packet, packet.Length + 4, SomeTime + at++);
            }
        }

        return stream.ToArray();
    }

    internal static byte[] PcapNg(bool bigEndian = false, byte[]? continued = null)
    {
        var stream = new MemoryStream();
        stream.Write(continued ?? []);
        using (var writer = new PcapNgWriter(stream, new PcapNgWriterOptions { Section = new CaptureSection { IsBigEndian = bigEndian, Application = "sonde" } }))
        {
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet, Name = "eth0", SnapLength = 65535 });
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Raw, Name = "tun0" });
            writer.WriteNames(new ResolvedName(System.Net.IPAddress.Loopback, "localhost"));
            int at = 0;
            foreach (byte[] packet in SomePackets)
            {
                writer.Write(at % 2, packet, packet.Length + 4, SomeTime + at, at == 3 ? new PacketAnnotation { Comment = "odd"u8 } : default);
                at++;
            }

            writer.WriteStatistics(new InterfaceStatistics { InterfaceId = 0, Received = 4, TimestampNanoseconds = SomeTime });
        }

        return stream.ToArray();
    }

    internal static Result Read(byte[] bytes, CaptureReaderOptions? options = null) => Read(new MemoryStream(bytes), options);

    internal static Result Read(Stream stream, CaptureReaderOptions? options = null)
    {
        using CaptureReader reader = CaptureReader.Open(stream, options);
        var packets = new List<Packet>();
        while (reader.TryRead(out CapturedPacket packet))
        {
            packets.Add(new Packet(
                Convert.ToHexString(packet.Data),
                packet.WireLength,
                packet.HasTimestamp ? packet.TimestampNanoseconds : null,
                packet.Interface.Id,
                packet.LinkType,
                System.Text.Encoding.UTF8.GetString(packet.Comment)));
        }

        return new Result(packets, reader.Ending, reader.Counters);
    }
}
