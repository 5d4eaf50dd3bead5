using Sonde.Packets.Applications;
using Sonde.Packets.Headers;
using Sonde.Traffic.Dns;

namespace Sonde.Traffic.Tests.Dns;

/// <summary>DNS over TCP: messages in segments of every size and order.</summary>
public sealed class DnsStreamsTests
{
    private static readonly byte[] s_question = TestDns.Framed(TestDns.Message(7, 0x0100, [TestDns.Question("a.test", DnsRecordType.A)], []));
    private static readonly byte[] s_answer = TestDns.Framed(TestDns.Message(
        7, 0x8180, [TestDns.Question("a.test", DnsRecordType.A)], [TestDns.Record("a.test", DnsRecordType.A, 300, TestDns.Address("192.0.2.7"))]));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(1000)]
    public void A_message_may_come_in_segments_of_any_size(int size)
    {
        var dns = new TestDns();
        Open(dns);
        Send(dns, s_question, size, isAnswer: false);
        Send(dns, s_answer, size, isAnswer: true);

        Assert.Equal((DnsOutcome.Answered, Packets.IPProtocol.Tcp), (dns.Only.Outcome, dns.Only.Transport));
        Assert.Equal(0, dns.Loss("over TCP"));
    }

    [Fact]
    public void Several_messages_may_come_in_one_segment()
    {
        var dns = new TestDns();
        byte[] second = TestDns.Framed(TestDns.Message(8, 0x0100, [TestDns.Question("b.test", DnsRecordType.A)], []));
        Open(dns).Pass(2, Question(101, [.. s_question, .. second]));
        dns.Observatory.Finish();

        Assert.Equal(["a.test", "b.test"], dns.Told.Select(static one => one.Name));
    }

    [Fact]
    public void Bytes_that_are_sent_again_are_taken_once()
    {
        TestDns dns = Open(new TestDns())
            .Pass(1, Question(101, s_question.AsSpan(0, 10)))
            .Pass(2, Question(101, s_question.AsSpan(0, 10)))
            .Pass(3, Question(106, s_question.AsSpan(5)))
            .Pass(4, Question(101, s_question));
        dns.Observatory.Finish();

        Assert.Equal(("a.test", 0), (dns.Only.Name, dns.Only.Retransmits));
    }

    [Fact]
    public void After_a_missing_segment_it_goes_on_with_the_next_message_and_the_gap_is_counted()
    {
        byte[] second = TestDns.Framed(TestDns.Message(8, 0x0100, [TestDns.Question("b.test", DnsRecordType.A)], []));
        TestDns dns = Open(new TestDns())
            .Pass(1, Question(101, s_question.AsSpan(0, 10)))
            .Pass(2, Question((uint)(101 + s_question.Length), second));
        dns.Observatory.Finish();

        Assert.Equal(("b.test", 1L), (dns.Only.Name, dns.Loss("over TCP")));
    }

    [Fact]
    public void A_connection_that_was_open_before_is_joined_at_the_next_whole_message()
    {
        TestDns dns = new TestDns()
            .Pass(1, Question(5000, s_question.AsSpan(4)))
            .Pass(2, Question(6000, s_question))
            .Pass(3, TestDns.Tcp(TestDns.Resolver, 53, TestDns.Client, TestDns.Port, 1, s_answer));

        Assert.Equal((DnsOutcome.Answered, TimeSpan.FromMilliseconds(1)), (dns.Only.Outcome, dns.Only.Latency));
    }

    [Fact]
    public void Half_messages_of_many_connections_are_bounded_and_those_that_make_room_counted()
    {
        var dns = new TestDns(new DnsOptions { MaxStreams = 8, MaxStreamBytes = 100_000 });
        byte[] half = new byte[30_000];
        half[0] = 0xFF;
        for (int port = 0; port < 100; port++)
        {
            dns.Pass(port, TestDns.Tcp(TestDns.Client, 20_000 + port, TestDns.Resolver, 53, 100, [], TcpFlags.Syn));
            dns.Pass(port, TestDns.Tcp(TestDns.Client, 20_000 + port, TestDns.Resolver, 53, 101, half));
        }

        FillLevel level = Assert.Single(dns.Observatory.Statistics.FillLevels, static level => level.Table.Contains("TCP", StringComparison.Ordinal));
        Assert.InRange(level.Used, 1, 3);
        Assert.Equal(100 - level.Used, level.Evicted);
    }

    private static TestDns Open(TestDns dns) => dns
        .Pass(0, TestDns.Tcp(TestDns.Client, TestDns.Port, TestDns.Resolver, 53, 100, [], TcpFlags.Syn))
        .Pass(0, TestDns.Tcp(TestDns.Resolver, 53, TestDns.Client, TestDns.Port, 900, [], TcpFlags.Syn | TcpFlags.Ack));

    private static byte[] Question(uint sequence, ReadOnlySpan<byte> bytes) => TestDns.Tcp(TestDns.Client, TestDns.Port, TestDns.Resolver, 53, sequence, bytes);

    private static void Send(TestDns dns, byte[] message, int size, bool isAnswer)
    {
        for (int at = 0; at < message.Length; at += size)
        {
            ReadOnlySpan<byte> part = message.AsSpan(at, Math.Min(size, message.Length - at));
            dns.Pass(10, isAnswer ? TestDns.Tcp(TestDns.Resolver, 53, TestDns.Client, TestDns.Port, (uint)(901 + at), part) : Question((uint)(101 + at), part));
        }
    }
}
