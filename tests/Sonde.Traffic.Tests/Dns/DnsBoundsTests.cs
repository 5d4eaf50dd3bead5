using Sonde.Packets;
using Sonde.Packets.Applications;
using Sonde.Testing;
using Sonde.Traffic.Dns;

namespace Sonde.Traffic.Tests.Dns;

/// <summary>What the observatory does with messages that were made to hurt it.</summary>
public sealed class DnsBoundsTests
{
    [Fact]
    public void More_questions_than_there_is_room_for_push_out_the_oldest_and_are_counted()
    {
        var dns = new TestDns(new DnsOptions { MaxQuestions = 100 });
        for (int at = 0; at < 1000; at++)
        {
            dns.Pass(at * 0.001, TestDns.Ask((ushort)at, $"n{at}.test"));
        }

        FillLevel level = dns.Observatory.Statistics.FillLevels[0];
        Assert.Equal((100, 100, 900), (level.Used, level.Capacity, level.Evicted));
        Assert.Equal(900, dns.Told.Count(static one => one.Outcome == DnsOutcome.Pending));
        Assert.Equal("n0.test", dns.Told[0].Name);
        Assert.Equal("n999.test", dns.Pass(5, TestDns.Answer(999, "n999.test")).Told[^1].Name);
    }

    [Fact]
    public void Resolvers_beyond_the_table_push_out_those_unused_for_longest()
    {
        var dns = new TestDns(new DnsOptions { MaxResolvers = 4 });
        for (int at = 1; at <= 20; at++)
        {
            dns.Pass(at, TestDns.Ask((ushort)at, "a.test", to: "10.0.1.1")).Pass(at, TestDns.Ask((ushort)at, "a.test", to: $"10.0.2.{at}"));
        }

        Assert.Equal(4, dns.Observatory.Statistics.Resolvers.Count);
        Assert.Equal(("10.0.1.1:53", 20), (dns.Observatory.Statistics.Resolvers[0].Resolver.ToString(), dns.Observatory.Statistics.Resolvers[0].Queries));
        Assert.Equal(17, dns.Observatory.Statistics.FillLevels[1].Evicted);
    }

    [Fact]
    public void Answers_of_resolvers_that_nobody_asked_take_no_place()
    {
        var dns = new TestDns();
        for (int at = 1; at <= 200; at++)
        {
            dns.Pass(at, TestDns.Answer(1, "a.test", from: $"10.0.2.{at}"));
        }

        Assert.Empty(dns.Observatory.Statistics.Resolvers);
        Assert.Equal(200, dns.Observatory.Statistics.Unasked);
    }

    [Fact]
    public void The_same_multicast_question_from_a_whole_network_stays_a_short_chain()
    {
        var dns = new TestDns();
        for (int at = 0; at < 2000; at++)
        {
            dns.Pass(at * 0.001, TestDns.Ask(0, "everybody.local", from: $"10.1.{at / 250}.{at % 250}", fromPort: 5353, to: TestDns.MulticastGroup, toPort: 5353));
        }

        Assert.InRange(dns.Observatory.Statistics.FillLevels[0].Used, 1, 16);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(25)]
    public void A_message_that_ends_too_soon_is_counted_and_nothing_else(int length)
    {
        byte[] message = TestDns.Message(1, 0x0100, [TestDns.Question("www.example.com", DnsRecordType.A)], []);

        TestDns dns = new TestDns().Pass(0, TestDns.Udp(TestDns.Client, TestDns.Port, TestDns.Resolver, 53, message[..length]));

        Assert.Equal((0L, 1L), (dns.Observatory.Statistics.Queries, dns.Loss("make no sense")));
    }

    [Fact]
    public void Names_are_made_harmless_and_endless_ones_refused()
    {
        byte[] loop = TestDns.Message(2, 0x0100, [[0xC0, 12, 0, 1, 0, 1]], []);

        TestDns dns = new TestDns()
            .Pass(0, TestDns.Ask(1, "a\e[31mb.te\nst"))
            .Pass(1, TestDns.Udp(TestDns.Client, TestDns.Port, TestDns.Resolver, 53, loop));
        dns.Observatory.Finish();

        Assert.DoesNotContain(dns.Only.Name, static c => char.IsControl(c));
        Assert.Equal(1, dns.Loss("make no sense"));
    }

    [Fact]
    public void Whatever_bytes_come_it_neither_throws_nor_grows()
    {
        var options = new DnsOptions { MaxQuestions = 64, MaxResolvers = 16, MaxStreams = 8, MaxStreamBytes = 65_536 };
        var dns = new TestDns(options);
        byte[][] seeds =
        [
            TestDns.Ask(1, "www.example.com"),
            TestDns.Answer(1, "www.example.com"),
            TestDns.Udp("10.0.0.9", 5353, TestDns.MulticastGroup, 5353, TestDns.Message(0, 0x8400, [], [TestDns.Record("printer.local", DnsRecordType.A, 120, TestDns.Address("10.0.0.9"))])),
            TestDns.Ask(0, "printer.local", fromPort: 5353, to: TestDns.MulticastGroup, toPort: 5353),
            TestDns.Tcp(TestDns.Client, TestDns.Port, TestDns.Resolver, 53, 1, TestDns.Framed(TestDns.Message(7, 0x0100, [TestDns.Question("a.test", DnsRecordType.Txt)], []))),
        ];
        var random = new Random(20_261_121);
        for (int round = 0; round < 60_000; round++)
        {
            byte[] packet = [.. seeds[random.Next(seeds.Length)]];
            for (int changes = random.Next(6); changes > 0; changes--)
            {
                packet[random.Next(20, packet.Length)] = (byte)random.Next(256);
            }

            dns.Observatory.Add(LinkType.Raw, packet.AsSpan(0, random.Next(4) == 0 ? random.Next(packet.Length) : packet.Length), packet.Length, round * 1000L, random.Next(3));
            dns.Told.Clear();
            dns.Names.Clear();
        }

        Assert.All(dns.Observatory.Statistics.FillLevels, static level => Assert.InRange(level.Used, 0, level.Capacity));
        Assert.InRange(dns.Loss("make no sense"), 100, 60_000);
    }

    [Fact]
    public void Questions_and_answers_allocate_nothing_when_nobody_wants_them_told()
    {
        var observatory = new DnsObservatory();
        byte[][] packets = [.. Enumerable.Range(0, 100).SelectMany(static at => new[] { TestDns.Ask((ushort)at, $"host{at}.example.com"), TestDns.Answer((ushort)at, $"host{at}.example.com") })];
        long time = 0;
        void Work()
        {
            foreach (byte[] packet in packets)
            {
                observatory.Add(LinkType.Raw, packet, packet.Length, time += 100_000_000, 2);
            }
        }

        Work();
        Assert.Equal(0, AllocationWatch.Least(Work));
        Assert.InRange(observatory.Statistics.Answers, 200, long.MaxValue);
    }

    [Fact]
    public void Shares_of_latencies_are_right_to_two_percent_and_the_longest_is_exact()
    {
        var histogram = new LatencyHistogram();
        for (int microseconds = 1; microseconds <= 10_000; microseconds++)
        {
            histogram.Add(microseconds * 1000L);
        }

        Assert.InRange(histogram.At(0.5)?.TotalMilliseconds ?? 0, 4.85, 5.15);
        Assert.InRange(histogram.At(0.95)?.TotalMilliseconds ?? 0, 9.2, 9.8);
        Assert.Equal(TimeSpan.FromMilliseconds(10), histogram.Max);
        histogram.Add(long.MaxValue);
        histogram.Add(-5);
        Assert.Equal(long.MaxValue / 100, histogram.Max?.Ticks);
        Assert.Null(new LatencyHistogram().At(0.5));
    }
}
