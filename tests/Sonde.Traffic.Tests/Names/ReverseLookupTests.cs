using System.Net;
using System.Net.Sockets;
using System.Text;
using Sonde.Packets;
using Sonde.Traffic.Names;
using Sonde.Traffic.Names.Reverse;
using Sonde.Traffic.Tests.Dns;
using Sonde.Traffic.Tests.Wire;

namespace Sonde.Traffic.Tests.Names;

public sealed class ReverseLookupTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly InternetAddress s_peer = InternetAddress.Parse("10.1.2.3");

    [Fact]
    public void An_address_that_is_wanted_gets_the_name_that_its_server_tells()
    {
        using var server = new ReverseNameServer(static question => [ReverseNameServer.Answer(question, ReverseNameServer.Pointer(TestDns.Name("web.shop.test")))]);
        using ReverseLookups lookups = Start(server);

        lookups.Want(s_peer);
        lookups.Want(s_peer);
        lookups.Want(InternetAddress.Parse("fd09::42"));
        Assert.True(lookups.Await(s_patience));

        Assert.True(lookups.TryFind(s_peer, out RemoteName name));
        Assert.Equal(new RemoteName("web.shop.test", NameSource.Reverse), name);
        Assert.Equal(
            [
                "3.2.1.10.in-addr.arpa",
                "2.4.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.9.0.d.f.ip6.arpa",
            ],
            server.Asked.Select(static one => NameIn(one.Question)).OrderByDescending(static one => one, StringComparer.Ordinal));
        Assert.Equal((2L, 2L, 0L, 0L), (lookups.Statistics.Asked, lookups.Statistics.Answered, lookups.Statistics.Pending, lookups.Statistics.Rejected));

        // Its own questions are nobody's traffic.
        IPEndPoint from = server.Asked[0].From;
        Assert.True(lookups.IsOwn(TestPackets.Key("127.0.0.1", from.Port, "127.0.0.1", server.EndPoint.Port, IPProtocol.Udp)));
        Assert.True(lookups.IsOwn(TestPackets.Key("127.0.0.1", server.EndPoint.Port, "127.0.0.1", from.Port, IPProtocol.Udp)));
        Assert.False(lookups.IsOwn(TestPackets.Key("127.0.0.1", from.Port, "127.0.0.1", server.EndPoint.Port + 1, IPProtocol.Udp)));
    }

    [Fact]
    public void Answers_of_strangers_and_those_that_do_not_fit_the_question_are_not_believed()
    {
        byte[] evil = ReverseNameServer.Pointer(TestDns.Name("evil.test"));
        using var server = new ReverseNameServer(question =>
        [
            ReverseNameServer.Answer([(byte)~question[0], .. question.AsSpan(1)], evil),
            ReverseNameServer.Answer([.. question.AsSpan(0, 13), (byte)'9', .. question.AsSpan(14)], evil),
            ReverseNameServer.Answer(question, evil, flags: 0x0100),
            [.. question.AsSpan(0, 12)],
            [],
            ReverseNameServer.Answer(question, ReverseNameServer.Pointer(TestDns.Name("right.test"))),
        ])
        { IsForestalled = true };
        using ReverseLookups lookups = Start(server);

        lookups.Want(s_peer);
        Assert.True(lookups.Await(s_patience));

        Assert.True(lookups.TryFind(s_peer, out RemoteName name));
        Assert.Equal("right.test", name.Name);
        Assert.Equal((1L, 5L), (lookups.Statistics.Asked, lookups.Statistics.Rejected)); // what the stranger sends never arrives
    }

    [Theory]
    [InlineData("a pointer to itself", "C033", false, true)]
    [InlineData("a pointer beyond the message", "FFFF", false, true)]
    [InlineData("a label that is cut", "3F41", false, true)]
    [InlineData("nothing", "", false, true)]
    [InlineData("the root", "00", true, false)]
    public void A_name_that_cannot_be_read_is_a_failure_and_no_name(string what, string target, bool isNoName, bool isFailure)
    {
        using var server = new ReverseNameServer(question => [ReverseNameServer.Answer(question, ReverseNameServer.Pointer(Convert.FromHexString(target)))]);
        using ReverseLookups lookups = Start(server);

        lookups.Want(s_peer);
        Assert.True(lookups.Await(s_patience), what);

        Assert.False(lookups.TryFind(s_peer, out _));
        Assert.Equal((isNoName, isFailure), (lookups.Statistics.NoName == 1, lookups.Statistics.Failed == 1));
    }

    [Fact]
    public void Names_that_are_too_long_are_refused_and_control_characters_never_come_out_raw()
    {
        byte[] question = Question(InternetAddress.Parse("10.1.2.3"));
        byte[] longest = [.. Enumerable.Range(0, 3).SelectMany(static _ => Encoding.ASCII.GetBytes(new string('a', 63)).Prepend((byte)63)), 61, .. Encoding.ASCII.GetBytes(new string('b', 61)), 0];
        byte[] tooLong = [.. longest.AsSpan(0, longest.Length - 1), 1, (byte)'c', 0];
        byte[] escaped = [63, .. Enumerable.Repeat((byte)0x1B, 63), 63, .. Enumerable.Repeat((byte)0x1B, 63), 0];
        byte[] hostile = [9, .. "\e[2J\0x\\.\n"u8, 0];

        Assert.Equal(ReverseOutcome.Named, Read(question, longest, out string name));
        Assert.Equal(253, name.Length);
        Assert.Equal(ReverseOutcome.Failed, Read(question, tooLong, out _));
        Assert.Equal(ReverseOutcome.Failed, Read(question, escaped, out _));
        Assert.Equal(ReverseOutcome.Named, Read(question, hostile, out string text));
        Assert.DoesNotContain(text, static letter => char.IsControl(letter));
        Assert.Contains("[2J", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x8183, "NoName")] // there is no such name
    [InlineData(0x8182, "Failed")]
    [InlineData(0x8185, "Failed")]
    [InlineData(0x8380, "Failed")] // cut
    [InlineData(0x0100, "Rejected")] // a question
    [InlineData(0xA980, "Rejected")] // another operation
    public void What_the_server_says_of_itself_counts(int flags, string outcome)
    {
        byte[] question = Question(s_peer);

        Assert.Equal(outcome, ReverseQuestion.Read(ReverseNameServer.Answer(question, ReverseNameServer.Pointer(TestDns.Name("a.test")), flags: flags), question, out _, out _).ToString());
    }

    [Fact]
    public void An_alias_before_the_name_is_passed_and_other_records_are_no_name()
    {
        byte[] question = Question(s_peer);
        byte[] alias = [0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 2, 0xC0, 12];
        byte[] address = [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4];

        Assert.Equal(ReverseOutcome.Named, ReverseQuestion.Read(ReverseNameServer.Answer(question, [.. alias, .. ReverseNameServer.Pointer(TestDns.Name("a.test"), 77)], 2), question, out string name, out int holds));
        Assert.Equal(("a.test", 77), (name, holds));
        Assert.Equal(ReverseOutcome.NoName, ReverseQuestion.Read(ReverseNameServer.Answer(question, address), question, out _, out _));
        Assert.Equal(ReverseOutcome.NoName, ReverseQuestion.Read(ReverseNameServer.Answer(question, [], 0), question, out _, out _));
        Assert.Equal(ReverseOutcome.Failed, ReverseQuestion.Read(ReverseNameServer.Answer(question, [], 5), question, out _, out _));
    }

    [Fact]
    public void No_bytes_make_the_reading_of_an_answer_throw()
    {
        byte[] question = Question(s_peer);
        byte[] answer = ReverseNameServer.Answer(question, ReverseNameServer.Pointer(TestDns.Name("web.shop.test")));
        var random = new Random(3);
        int named = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = answer.AsSpan(0, random.Next(answer.Length + 1)).ToArray();
            for (int changes = random.Next(4); changes > 0 && changed.Length > 0; changes--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            named += ReverseQuestion.Read(changed, question, out string name, out _) == ReverseOutcome.Named ? 1 : 0;
            Assert.True(name.Length <= 255 && name.All(static letter => !char.IsControl(letter)));
        }

        Assert.True(named > 10, $"only {named} answers told a name");
    }

    [Fact]
    public void A_server_that_is_silent_or_not_there_is_passed_for_the_next()
    {
        using var silent = new ReverseNameServer(static _ => []);
        using var server = new ReverseNameServer(static question => [ReverseNameServer.Answer(question, ReverseNameServer.Pointer(TestDns.Name("a.test")))]);
        IPEndPoint nobody = Nobody();
        using var lookups = ReverseLookups.Start(
            new ReverseDnsOptions { Servers = [nobody, silent.EndPoint, server.EndPoint], ReadHosts = false, Timeout = TimeSpan.FromMilliseconds(200) },
            TimeProvider.System);

        lookups.Want(s_peer);
        Assert.True(lookups.Await(s_patience));

        Assert.True(lookups.TryFind(s_peer, out _));
        Assert.Equal((3L, 1L, 1L, 0L), (lookups.Statistics.Asked, lookups.Statistics.Answered, lookups.Statistics.TimedOut, lookups.Statistics.Failed));
    }

    [Fact]
    public void Without_any_answer_it_counts_as_failed_and_nothing_stays_pending()
    {
        using var silent = new ReverseNameServer(static _ => []);
        using var lookups = ReverseLookups.Start(
            new ReverseDnsOptions { Servers = [silent.EndPoint], ReadHosts = false, Timeout = TimeSpan.FromMilliseconds(50), MaxInFlight = 2, MaxWaiting = 4 },
            TimeProvider.System);
        for (int at = 1; at <= 100; at++)
        {
            lookups.Want(InternetAddress.Parse($"10.1.2.{at}"));
        }

        Assert.True(lookups.Await(s_patience));
        ReverseDnsStatistics counted = lookups.Statistics;

        Assert.Equal((100L, 0L, 0L), (counted.Failed + counted.Dropped, counted.Answered, counted.Pending));
        Assert.Equal((2 * counted.Failed, 2 * counted.Failed), (counted.Asked, counted.TimedOut));
        Assert.InRange(counted.Dropped, 90, 96); // as many as wait or are under way at once are asked about
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.251")]
    [InlineData("ff02::fb")]
    [InlineData("255.255.255.255")]
    [InlineData("169.254.1.1")]
    [InlineData("fe80::1")]
    [InlineData("240.0.0.1")]
    [InlineData("192.0.2.1")]
    public void Addresses_that_no_resolver_can_know_are_never_asked_about(string address)
    {
        using var server = new ReverseNameServer(static question => [ReverseNameServer.Answer(question, ReverseNameServer.Pointer(TestDns.Name("a.test")))]);
        using ReverseLookups lookups = Start(server);

        lookups.Want(InternetAddress.Parse(address));
        lookups.Want(s_peer); // that one is, so the thread has come by
        Assert.True(lookups.Await(s_patience));

        Assert.Equal("3.2.1.10.in-addr.arpa", NameIn(Assert.Single(server.Asked).Question));
    }

    [Fact]
    public void Outcomes_are_remembered_for_their_time_and_no_longer()
    {
        var time = new ManualTime();
        var table = new ReverseTable(new ReverseDnsOptions(), time);
        InternetAddress none = InternetAddress.Parse("10.0.0.2");
        InternetAddress failed = InternetAddress.Parse("10.0.0.3");
        InternetAddress brief = InternetAddress.Parse("10.0.0.4");
        foreach (InternetAddress one in (InternetAddress[])[s_peer, none, failed, brief])
        {
            Assert.True(table.Want(one));
            Assert.False(table.Want(one));
            Assert.True(table.TryTake(out InternetAddress taken));
            Assert.Equal(one, taken);
        }

        table.Settle(s_peer, ReverseOutcome.Named, "a.test", 3600);
        table.Settle(none, ReverseOutcome.NoName);
        table.Settle(failed, ReverseOutcome.Failed);
        table.Settle(brief, ReverseOutcome.Named, "b.test", 0);

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal((false, false, false, false), (table.Want(s_peer), table.Want(none), table.Want(failed), table.Want(brief)));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(table.Want(failed));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal((true, false), (table.Want(brief), table.TryFind(brief, out _)));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((false, true), (table.Want(s_peer), table.Want(none)));
        Assert.True(table.TryFind(s_peer, out string name));
        Assert.Equal("a.test", name);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((true, false), (table.Want(s_peer), table.TryFind(s_peer, out _)));
    }

    [Fact]
    public void The_table_is_as_large_as_it_is_and_a_full_queue_drops_what_may_come_again()
    {
        var time = new ManualTime();
        var table = new ReverseTable(new ReverseDnsOptions { MaxAddresses = 8, MaxWaiting = 4 }, time);
        for (int at = 1; at <= 20; at++)
        {
            table.Want(InternetAddress.Parse($"10.0.0.{at}"));
        }

        Assert.Equal(new FillLevel("names that were asked for", 8, 8, 12), table.FillLevel);
        Assert.Equal((4L, 16L), (table.Statistics.Pending, table.Statistics.Dropped));
        while (table.TryTake(out InternetAddress taken))
        {
            table.Settle(taken, ReverseOutcome.Named, "late.test", 60); // those of the addresses that had to go have no place
        }

        Assert.Equal(0, table.Statistics.Pending);
        Assert.False(table.TryFind(InternetAddress.Parse("10.0.0.1"), out _));
        InternetAddress last = InternetAddress.Parse("10.0.0.20");
        Assert.False(table.Want(last));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.True(table.Want(last));
    }

    [Fact]
    public void The_hosts_own_list_tells_the_first_name_of_each_address()
    {
        Dictionary<InternetAddress, string> names = HostsFile.Parse(
            "# comment\n10.1.2.3 \t first.test second.test # more\n  fd09::1 six.test\n10.1.2.3 late.test\n300.1.2.3 bad\n10.9.9.9\n10.8.8.8 \e[2Jevil\n\t\n10.7.7.7 " + new string('x', 300) + "\r\n10.6.6.6 last.test");

        Assert.Equal(
            [("10.1.2.3", "first.test"), ("10.6.6.6", "last.test"), ("fd09::1", "six.test")],
            names.Select(static one => (one.Key.ToString(), one.Value)).Order());
    }

    [Fact]
    public void A_list_that_is_changed_is_read_again_and_one_that_is_gone_has_no_names()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sonde-hosts");
        string path = Path.Combine(folder.FullName, "hosts");
        var hosts = new UnixHostsFile(path);
        try
        {
            hosts.Refresh();
            Assert.Null(hosts.Find(s_peer));
            File.WriteAllText(path, "10.1.2.3 one.test\n");
            hosts.Refresh();
            Assert.Equal("one.test", hosts.Find(s_peer));
            File.WriteAllText(path, "10.1.2.3 two.test\n");
            File.SetLastWriteTimeUtc(path, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            hosts.Refresh();
            Assert.Equal("two.test", hosts.Find(s_peer));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        hosts.Refresh();
        Assert.Null(hosts.Find(s_peer));
    }

    [Fact]
    public void A_surer_name_takes_the_place_of_one_that_was_asked_for_and_own_questions_want_none()
    {
        using var server = new ReverseNameServer(static question => [ReverseNameServer.Answer(question, ReverseNameServer.Pointer(TestDns.Name("host-1-2-3.provider.test")))]);
        using var names = RemoteNames.Start(new RemoteNamesOptions { Hear = false, ReverseDns = new ReverseDnsOptions { Servers = [server.EndPoint], ReadHosts = false } });
        FlowKey flow = TestPackets.Key("10.0.0.1", 40_000, "10.1.2.3", 443);

        Assert.False(names.TryFind(flow, out _));
        names.Want(flow);
        Assert.True(names.AwaitAnswers(s_patience));
        Assert.True(names.TryFind(flow, out RemoteName told));
        Assert.Equal(new RemoteName("host-1-2-3.provider.test", NameSource.Reverse), told);

        var surer = new RemoteName("shop.test", NameSource.Dns);
        string? asked = null;
        Assert.False(names.TryImprove(flow, 0, ref surer, ref asked));
        Assert.Equal("shop.test", surer.Name);
        Assert.Equal(1, names.ReverseDns?.Answered);
    }

    private static ReverseLookups Start(ReverseNameServer server) =>
        ReverseLookups.Start(new ReverseDnsOptions { Servers = [server.EndPoint], ReadHosts = false, Timeout = s_patience }, TimeProvider.System);

    private static byte[] Question(InternetAddress address)
    {
        byte[] question = new byte[ReverseQuestion.MaxLength];
        return question[..ReverseQuestion.Write(question, 0x1234, address)];
    }

    private static ReverseOutcome Read(byte[] question, byte[] target, out string name) =>
        ReverseQuestion.Read(ReverseNameServer.Answer(question, ReverseNameServer.Pointer(target)), question, out name, out _);

    private static string NameIn(byte[] question)
    {
        var labels = new List<string>();
        for (int at = 12; question[at] != 0; at += 1 + question[at])
        {
            labels.Add(Encoding.ASCII.GetString(question, at + 1, question[at]));
        }

        return string.Join('.', labels);
    }

    // A port that was free a moment ago.
    private static IPEndPoint Nobody()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
