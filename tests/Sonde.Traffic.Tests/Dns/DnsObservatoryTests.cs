using Sonde.Packets.Applications;
using Sonde.Packets.Headers;
using Sonde.Traffic.Dns;

namespace Sonde.Traffic.Tests.Dns;

public sealed class DnsObservatoryTests
{
    [Fact]
    public void An_answer_is_paired_with_its_question_by_the_times_of_the_packets()
    {
        TestDns dns = new TestDns()
            .Pass(100, TestDns.Ask(7, "www.example.com"))
            .Pass(112.5, TestDns.Answer(7, "www.example.com"));

        DnsExchange one = dns.Only;
        Assert.Equal((DnsOutcome.Answered, "www.example.com", DnsRecordType.A), (one.Outcome, one.Name, one.Type));
        Assert.Equal(TimeSpan.FromMilliseconds(12.5), one.Latency);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMilliseconds(100), one.Time);
        Assert.Equal(($"{TestDns.Client}:40000", $"{TestDns.Resolver}:53"), (one.Client.ToString(), one.Resolver.ToString()));
        Assert.Equal(new DnsAnswer("www.example.com", DnsRecordType.A, "192.0.2.7", TimeSpan.FromSeconds(300)), Assert.Single(one.Answers));
        Assert.Equal(("192.0.2.7", "www.example.com", 300), Assert.Single(dns.Names));
    }

    [Theory]
    [InlineData(1, DnsOutcome.FormatError)]
    [InlineData(2, DnsOutcome.ServerFailure)]
    [InlineData(3, DnsOutcome.NameError)]
    [InlineData(4, DnsOutcome.NotImplemented)]
    [InlineData(5, DnsOutcome.Refused)]
    [InlineData(9, DnsOutcome.OtherError)]
    public void A_response_code_is_told_and_counted(int code, DnsOutcome outcome)
    {
        TestDns dns = new TestDns().Pass(0, TestDns.Ask(7, "a.test")).Pass(1, TestDns.Answer(7, "a.test", code: code));

        Assert.Equal((outcome, code), (dns.Only.Outcome, dns.Only.ResponseCode));
        Assert.Equal(outcome != DnsOutcome.NameError, dns.Only.IsFailure);
        Assert.Equal(outcome == DnsOutcome.NameError ? 0 : 1, dns.OnlyResolver.Failures);
        Assert.Equal(outcome == DnsOutcome.NameError ? 1 : 0, dns.OnlyResolver.NameErrors);
        Assert.Empty(dns.Names);
    }

    [Fact]
    public void An_extended_response_code_has_the_bits_of_edns()
    {
        byte[] edns = [0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0]; // version bits: 16 + 0 is BADVERS
        byte[] answer = TestDns.Udp(TestDns.Resolver, 53, TestDns.Client, TestDns.Port, TestDns.Message(7, 0x8180, [TestDns.Question("a.test", DnsRecordType.A)], [], [edns]));

        TestDns dns = new TestDns().Pass(0, TestDns.Ask(7, "a.test")).Pass(1, answer);

        Assert.Equal((DnsOutcome.OtherError, 16), (dns.Only.Outcome, dns.Only.ResponseCode));
    }

    [Fact]
    public void A_cut_answer_says_so_and_one_without_the_type_is_no_data()
    {
        TestDns dns = new TestDns()
            .Pass(0, TestDns.Ask(1, "big.test")).Pass(1, TestDns.Answer(1, "big.test", flags: 0x0200))
            .Pass(2, TestDns.Ask(2, "alias.test"))
            .Pass(3, TestDns.Udp(TestDns.Resolver, 53, TestDns.Client, TestDns.Port, TestDns.Message(
                2, 0x8180, [TestDns.Question("alias.test", DnsRecordType.A)], [TestDns.Record("alias.test", DnsRecordType.Cname, 60, TestDns.Name("real.test"))])));

        Assert.Equal([DnsOutcome.Truncated, DnsOutcome.NoData], dns.Told.Select(static one => one.Outcome));
        Assert.Equal(1, dns.OnlyResolver.Truncated);
        Assert.Equal("real.test", Assert.Single(dns.Told[1].Answers).Data);
    }

    [Fact]
    public void An_address_behind_an_alias_is_of_the_name_that_was_asked_for()
    {
        TestDns dns = new TestDns()
            .Pass(0, TestDns.Ask(2, "alias.test"))
            .Pass(3, TestDns.Udp(TestDns.Resolver, 53, TestDns.Client, TestDns.Port, TestDns.Message(
                2,
                0x8180,
                [TestDns.Question("alias.test", DnsRecordType.A)],
                [TestDns.Record("alias.test", DnsRecordType.Cname, 60, TestDns.Name("real.test")), TestDns.Record("real.test", DnsRecordType.A, 20, TestDns.Address("192.0.2.9"))])));

        Assert.Equal(DnsOutcome.Answered, dns.Only.Outcome);
        Assert.Equal(("192.0.2.9", "alias.test", 20), Assert.Single(dns.Names));
    }

    [Fact]
    public void A_question_asked_again_is_one_question_and_its_latency_runs_from_the_first()
    {
        TestDns dns = new TestDns()
            .Pass(0, TestDns.Ask(7, "a.test"))
            .Pass(5000, TestDns.Ask(7, "a.test"))
            .Pass(10_500, TestDns.Answer(7, "a.test"));

        Assert.Equal((1, TimeSpan.FromSeconds(10.5)), (dns.Only.Retransmits, dns.Only.Latency));
        Assert.Equal((1, 1, 0), (dns.OnlyResolver.Queries, dns.OnlyResolver.Retransmits, dns.OnlyResolver.Timeouts));
    }

    [Fact]
    public void A_question_that_nobody_answers_is_told_when_its_time_is_over_and_what_is_open_at_the_end_is_pending()
    {
        TestDns dns = new TestDns(new DnsOptions { Timeout = TimeSpan.FromSeconds(2) })
            .Pass(0, TestDns.Ask(1, "lost.test"))
            .Pass(1500, TestDns.Ask(2, "open.test"));
        Assert.Empty(dns.Told);

        dns.Observatory.Advance(2_001L * TestDns.Millisecond);
        Assert.Equal(("lost.test", DnsOutcome.TimedOut, null), (dns.Only.Name, dns.Only.Outcome, dns.Only.Latency));
        Assert.True(dns.Only.IsFailure);

        dns.Observatory.Finish();
        Assert.Equal(("open.test", DnsOutcome.Pending), (dns.Told[1].Name, dns.Told[1].Outcome));
        Assert.Equal((2, 1, 0), (dns.OnlyResolver.Queries, dns.OnlyResolver.Timeouts, dns.OnlyResolver.Answers));
    }

    [Fact]
    public void A_second_answer_is_a_duplicate_and_one_to_nothing_is_unasked()
    {
        TestDns dns = new TestDns()
            .Pass(0, TestDns.Ask(7, "a.test"))
            .Pass(1, TestDns.Answer(7, "a.test"))
            .Pass(2, TestDns.Answer(7, "a.test", "203.0.113.66"))
            .Pass(3, TestDns.Answer(8, "a.test", "203.0.113.66"))
            .Pass(4, TestDns.Answer(9, "a.test", from: "10.0.0.99"));

        Assert.Equal([DnsOutcome.Answered, DnsOutcome.Unasked, DnsOutcome.Unasked], dns.Told.Select(static one => one.Outcome));
        Assert.Equal((1, 1), (dns.OnlyResolver.Duplicates, dns.OnlyResolver.Unasked));
        Assert.Equal(2, dns.Observatory.Statistics.Unasked);
        Assert.Equal("192.0.2.7", Assert.Single(dns.Names).Address); // nothing is learnt from who was not asked
    }

    [Theory]
    [InlineData("b.test", TestDns.Resolver, TestDns.Port)]
    [InlineData("a.test", "10.0.0.54", TestDns.Port)]
    [InlineData("a.test", TestDns.Resolver, TestDns.Port + 1)]
    public void An_answer_for_another_name_from_another_resolver_or_to_another_port_does_not_count(string name, string from, int toPort)
    {
        TestDns dns = new TestDns().Pass(0, TestDns.Ask(7, "a.test")).Pass(1, TestDns.Answer(7, name, from: from, toPort: toPort));

        Assert.Equal(DnsOutcome.Unasked, dns.Only.Outcome);
        Assert.Equal(0, dns.OnlyResolver.Answers);
    }

    [Fact]
    public void Names_are_the_same_in_any_case_and_a_changed_case_is_noted()
    {
        TestDns dns = new TestDns()
            .Pass(0, TestDns.Ask(1, "wWw.TeSt")).Pass(1, TestDns.Answer(1, "wWw.TeSt"))
            .Pass(2, TestDns.Ask(2, "wWw.TeSt")).Pass(3, TestDns.Answer(2, "www.test"))
            .Pass(4, TestDns.Ask(3, "www.test")).Pass(5, TestDns.Answer(3, "www.test"));

        Assert.Equal([(true, false), (true, true), (false, false)], dns.Told.Select(static one => (one.IsCaseMixed, one.IsCaseChanged)));
        Assert.Equal(1, dns.OnlyResolver.CaseChanges);
    }

    [Fact]
    public void An_answer_without_the_question_is_paired_by_its_number()
    {
        byte[] refusal = TestDns.Udp(TestDns.Resolver, 53, TestDns.Client, TestDns.Port, TestDns.Message(7, 0x8181, [], []));

        TestDns dns = new TestDns().Pass(0, TestDns.Ask(7, "a.test")).Pass(1, refusal);

        Assert.Equal(("a.test", DnsOutcome.FormatError), (dns.Only.Name, dns.Only.Outcome));
    }

    [Fact]
    public void What_a_second_interface_shows_as_well_counts_once()
    {
        TestDns dns = new TestDns()
            .Pass(0, TestDns.Ask(7, "a.test"), interfaceIndex: 3).Pass(0.01, TestDns.Ask(7, "a.test"), interfaceIndex: 4)
            .Pass(1, TestDns.Answer(7, "a.test"), interfaceIndex: 4).Pass(1.01, TestDns.Answer(7, "a.test"), interfaceIndex: 3);

        Assert.Equal(0, dns.Only.Retransmits);
        Assert.Equal((1, 0, 0), (dns.OnlyResolver.Queries, dns.OnlyResolver.Retransmits, dns.OnlyResolver.Duplicates));
    }

    [Fact]
    public void The_same_number_from_the_same_port_may_ask_again_after_the_answer()
    {
        TestDns dns = new TestDns()
            .Pass(0, TestDns.Ask(7, "a.test")).Pass(1, TestDns.Answer(7, "a.test"))
            .Pass(10, TestDns.Ask(7, "a.test")).Pass(13, TestDns.Answer(7, "a.test"));

        Assert.Equal([TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(3)], dns.Told.Select(static one => one.Latency));
    }

    [Fact]
    public void Other_operations_and_messages_that_go_the_wrong_way_are_counted_and_told_to_nobody()
    {
        byte[] update = TestDns.Udp(TestDns.Client, TestDns.Port, TestDns.Resolver, 53, TestDns.Message(1, 5 << 11, [], []));
        byte[] fromResolver = TestDns.Ask(2, "a.test", from: TestDns.Resolver, fromPort: 53, to: TestDns.Client, toPort: TestDns.Port);

        TestDns dns = new TestDns().Pass(0, update).Pass(0, fromResolver);

        Assert.Empty(dns.Told);
        Assert.Equal((1, 1), (dns.Observatory.Statistics.OtherOperations, dns.Loss("wrong way")));
    }

    [Fact]
    public void Multicast_answers_the_questions_of_all_who_asked_and_names_what_is_announced()
    {
        byte[] two = TestDns.Udp(TestDns.Client, 5353, TestDns.MulticastGroup, 5353, TestDns.Message(
            0, 0, [TestDns.Question("printer.local", DnsRecordType.A), TestDns.Question("_ipp._tcp.local", DnsRecordType.Ptr)], []));
        byte[] other = TestDns.Ask(0, "printer.local", from: "10.0.0.2", fromPort: 5353, to: TestDns.MulticastGroup, toPort: 5353);
        byte[] answer = TestDns.Udp("10.0.0.9", 5353, TestDns.MulticastGroup, 5353, TestDns.Message(
            0, 0x8400, [], [TestDns.Record("PRINTER.local", DnsRecordType.A, 120, TestDns.Address("10.0.0.9")), TestDns.Record("printer.local", DnsRecordType.Txt, 120, [1, (byte)'x'])]));
        byte[] announcement = TestDns.Udp("10.0.0.8", 5353, TestDns.MulticastGroup, 5353, TestDns.Message(0, 0x8400, [], [TestDns.Record("laptop.local", DnsRecordType.A, 120, TestDns.Address("10.0.0.8"))]));

        TestDns dns = new TestDns().Pass(0, two).Pass(1, other).Pass(21, answer).Pass(30, announcement);
        dns.Observatory.Finish();

        Assert.Equal(
            [("10.0.0.2", "printer.local", DnsOutcome.Answered), (TestDns.Client, "printer.local", DnsOutcome.Answered), (TestDns.Client, "_ipp._tcp.local", DnsOutcome.Pending)],
            dns.Told.Select(static one => (one.Client.Address.ToString(), one.Name, one.Outcome)));
        Assert.All(dns.Told, static one => Assert.Equal((DnsKind.Multicast, $"{TestDns.MulticastGroup}:5353"), (one.Kind, one.Resolver.ToString())));
        Assert.Equal(("10.0.0.9:5353", "10.0.0.9"), (dns.Told[0].Responder.ToString(), Assert.Single(dns.Told[0].Answers).Data));
        Assert.Equal([("10.0.0.9", "PRINTER.local"), ("10.0.0.8", "laptop.local")], dns.Names.Select(static one => (one.Address, one.Name)));
        Assert.Equal((1, 0), (dns.Observatory.Statistics.Announcements, dns.Observatory.Statistics.Unasked));
    }

    [Fact]
    public void Link_local_resolution_asks_a_group_and_a_host_answers()
    {
        TestDns dns = new TestDns()
            .Pass(0, TestDns.Ask(9, "nas", to: TestDns.LinkLocalGroup, toPort: 5355))
            .Pass(4, TestDns.Answer(9, "nas", from: "10.0.0.9", fromPort: 5355));

        Assert.Equal((DnsKind.LinkLocal, DnsOutcome.Answered, "10.0.0.9:5355"), (dns.Only.Kind, dns.Only.Outcome, dns.Only.Responder.ToString()));
        Assert.Equal($"{TestDns.LinkLocalGroup}:5355", dns.OnlyResolver.Resolver.ToString());
    }

    [Fact]
    public void Other_ports_are_dns_only_when_the_options_say_so()
    {
        TestDns not = new TestDns().Pass(0, TestDns.Ask(1, "a.test", toPort: 8053));
        TestDns yes = new TestDns(new DnsOptions { Ports = [53, 8053] }).Pass(0, TestDns.Ask(1, "a.test", toPort: 8053));

        Assert.Equal((0, 1), (not.Observatory.Statistics.Queries, yes.Observatory.Statistics.Queries));
        Assert.Throws<ArgumentException>(static () => new DnsObservatory(new DnsOptions { Ports = [0] }));
        Assert.Throws<ArgumentException>(static () => new DnsObservatory(new DnsOptions { MaxQuestions = 0 }));
    }

    [Fact]
    public void Frames_that_are_no_dns_are_passed_over()
    {
        TestDns dns = new TestDns().Pass(0, TestDns.Udp(TestDns.Client, 1, TestDns.Resolver, 2, [1, 2, 3])).Pass(0, []).Pass(0, TestDns.Tcp(TestDns.Client, 1, TestDns.Resolver, 443, 5, [1], TcpFlags.Ack));

        Assert.Equal((0L, 0L), (dns.Observatory.Statistics.Messages, dns.Observatory.Statistics.Losses.Sum(static loss => loss.Count)));
    }
}
