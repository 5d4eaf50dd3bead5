using System.Globalization;
using Sonde.Packets.Files;
using Sonde.Testing;
using Sonde.Traffic.Dns;

namespace Sonde.Traffic.Tests.Dns;

/// <summary>The pairs and latencies of the observatory beside those of another program, on the same captures.</summary>
public sealed class DnsAgreesWithTsharkTests
{
    [Fact]
    public void The_answers_of_recorded_captures_have_the_latencies_that_tshark_gives_them()
    {
        int compared = 0;
        foreach (string file in CaptureFixtures.All().Where(static file => Path.GetFileName(file) is "edns-opts.pcap" or "dnssec.pcap" or "dns-uri.pcap" or "dns_udp_8053.pcap" or "dns_tcp_8053.pcap"))
        {
            List<(int, string, long)> theirs = Tshark(file);
            Assert.Equal(theirs, Ours(file));
            compared += theirs.Count;
        }

        if (compared == 0)
        {
            Assert.Skip("the captures of others are not at hand (SONDE_FIXTURES)");
        }

        Assert.InRange(compared, 25, 1000);
    }

    [Fact]
    public void A_made_up_capture_has_the_latencies_that_tshark_gives_it()
    {
        string file = Path.Combine(Path.GetTempPath(), $"sonde-dns-{Guid.NewGuid():N}.pcap");
        try
        {
            Record(file);
            List<(int, string, long)> theirs = Tshark(file);
            Assert.Equal(69, theirs.Count);
            Assert.Equal(theirs, Ours(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Questions from several ports that overlap, with answers out of order, and every fifth without an answer.
    private static void Record(string file)
    {
        var packets = new List<(long Time, byte[] Packet)>();
        for (int at = 0; at < 90; at++)
        {
            string name = $"n{at}.example.com";
            int port = 30_000 + (at % 7);
            long asked = 1_700_000_000_000_000_000 + (at * 1_000_000L);
            packets.Add((asked, TestDns.Ask((ushort)at, name, fromPort: port)));
            if (at % 9 != 0 && at % 7 != 6)
            {
                packets.Add((asked + 300_000 + (at * 37_123L % 9_000_000), TestDns.Answer((ushort)at, name, toPort: port)));
            }
        }

        using FileStream stream = File.Create(file);
        using var writer = new PcapWriter(stream, new PcapWriterOptions { LinkType = Packets.LinkType.Raw });
        foreach ((long time, byte[] packet) in packets.OrderBy(static one => one.Time))
        {
            writer.Write(packet, packet.Length, time);
        }
    }

    private static List<(int Id, string Name, long Nanoseconds)> Ours(string file)
    {
        var told = new List<DnsExchange>();
        var observatory = new DnsObservatory(new DnsOptions { Ports = [53, 8053] }, told.Add);
        using FileStream stream = File.OpenRead(file);
        using var reader = CaptureReader.Open(stream);
        while (reader.TryRead(out CapturedPacket packet))
        {
            observatory.Add(packet.LinkType, packet.Data, (int)packet.WireLength, packet.TimestampNanoseconds);
        }

        observatory.Finish();
        return [.. told.Where(static one => one.Latency is not null).Select(static one => ((int)one.Id, one.Name, one.Latency?.Ticks ?? 0)).Order()];
    }

    private static List<(int Id, string Name, long Nanoseconds)> Tshark(string file)
    {
        ProgramResult result = ChildProcess.Run("tshark", ["-n", "-r", file, "-d", "udp.port==8053,dns", "-d", "tcp.port==8053,dns", "-Y", "dns.time", "-T", "fields", "-e", "dns.id", "-e", "dns.qry.name", "-e", "dns.time"]);
        Assert.Equal(0, result.ExitCode);
        return
        [
            .. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => line.Split('\t'))
                .Select(static cells => (
                    int.Parse(cells[0].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                    cells[1],
                    (long)(decimal.Parse(cells[2], CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond)))
                .Order(),
        ];
    }
}
