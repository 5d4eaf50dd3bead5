using System.Text.Json;
using Sonde.Cli.Commands.DnsWatch;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Packets;
using Sonde.Packets.Applications;
using Sonde.Traffic;
using Sonde.Traffic.Dns;

namespace Sonde.Cli.Tests;

public sealed class DnsCommandTests
{
    private static readonly Screen s_pipe = new(int.MaxValue, int.MaxValue, IsTerminal: false, TextStyle.Plain);
    private static readonly FlowEndpoint s_client = new(InternetAddress.Parse("10.0.0.1"), 40_000);
    private static readonly FlowEndpoint s_resolver = new(InternetAddress.Parse("10.0.0.53"), 53);

    [Theory]
    [InlineData("--stats, --sort and --top need them all", "dns", "--follow", "--top", "3")]
    [InlineData("--stats, --sort and --top need them all", "dns", "--follow", "--sort", "latency")]
    [InlineData("--stats, --sort and --top need them all", "dns", "--follow", "--stats")]
    [InlineData("a JSON document must", "dns", "--follow", "-f", "json")]
    [InlineData("--top 0 is out of range", "dns", "--top", "0")]
    [InlineData("--duration -1 is out of range", "dns", "--duration=-1")]
    [InlineData("--timeout 0 is out of range", "dns", "--timeout", "0")]
    [InlineData("--port 65536 is out of range", "dns", "--port", "65536")]
    [InlineData("Did you mean 'latency'?", "dns", "--sort", "latenci")]
    [InlineData("did you mean 'outcome'?", "dns", "--filter", "outcom:nx")]
    [InlineData("sonde dns --fields", "dns", "--filter", "name")]
    public void What_makes_no_sense_is_a_usage_error(string expected, params string[] arguments)
    {
        (int exitCode, string output, string error) = TestOutput.Run(arguments);

        Assert.Equal((ExitCode.Usage, string.Empty), (exitCode, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_and_help_can_be_read_without_any_right()
    {
        (int exitCode, string fields, _) = TestOutput.Run("dns", "--fields");
        (_, string help, _) = TestOutput.Run("dns", "--help");

        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.All(new[] { "latency_ms", "outcome", "resolver", "process" }, field => Assert.Contains($"\n{field} ", fields, StringComparison.Ordinal));
        Assert.Contains("sudo sonde dns --follow --filter", help, StringComparison.Ordinal);
        Assert.Contains("are not seen", help, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_says_who_asked_what_and_what_came_of_it()
    {
        string line = DnsLine.Of(Exchange(), TimeZoneInfo.Utc, s_pipe);

        Assert.Equal("00:00:00.100  curl/77                 A      www.example.com                           12.5 ms  192.0.2.7, 192.0.2.8 (asked 2 times)  by 10.0.0.53", line);
        Assert.Equal("NXDOMAIN  by 10.0.0.53", Result(Exchange() with { Outcome = DnsOutcome.NameError, Answers = [], Retransmits = 0 }));
        Assert.Equal("ERROR 16  by 10.0.0.53", Result(Exchange() with { Outcome = DnsOutcome.OtherError, ResponseCode = 16, Answers = [], Retransmits = 0 }));
        Assert.Equal("192.0.2.7, 192.0.2.8 (tcp)  by 10.0.0.53", Result(Exchange() with { Transport = IPProtocol.Tcp, Retransmits = 0 }));
    }

    [Fact]
    public void Who_asked_is_the_other_host_where_it_is_one_and_unknown_where_nobody_knows()
    {
        DnsExchange unowned = Exchange() with { ProcessId = null, ProcessName = null };

        Assert.Contains("  10.0.0.1  ", DnsLine.Of(unowned with { UnownedReason = UnownedReason.Foreign }, TimeZoneInfo.Utc, s_pipe), StringComparison.Ordinal);
        Assert.Contains("  ?  ", DnsLine.Of(unowned with { UnownedReason = UnownedReason.Closed }, TimeZoneInfo.Utc, s_pipe), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_a_process_or_a_resolver_says_reaches_the_terminal_as_a_command()
    {
        DnsExchange hostile = Exchange() with { ProcessName = "a\e[2J", Name = "b\n.test", Answers = [new DnsAnswer("b.test", DnsRecordType.A, "c\e]0;x\a", TimeSpan.Zero)] };

        string line = DnsLine.Of(hostile, TimeZoneInfo.Utc, s_pipe);
        string table = DnsLine.Table([hostile], TimeZoneInfo.Utc, s_pipe);

        Assert.DoesNotContain(line, static c => char.IsControl(c));
        Assert.DoesNotContain(table.Replace("\n", string.Empty, StringComparison.Ordinal), static c => char.IsControl(c));
    }

    [Theory]
    [InlineData(DnsRecordType.A, "A")]
    [InlineData(DnsRecordType.Https, "HTTPS")]
    [InlineData((DnsRecordType)999, "TYPE999")]
    public void Types_without_a_name_here_have_their_number(DnsRecordType type, string word) => Assert.Equal(word, DnsWords.Of(type));

    [Fact]
    public void Every_outcome_and_kind_has_a_word()
    {
        Assert.Equal(Enum.GetValues<DnsOutcome>().Length, Enum.GetValues<DnsOutcome>().Select(DnsWords.Of).Distinct().Count());
        Assert.Equal(Enum.GetValues<DnsKind>().Length, Enum.GetValues<DnsKind>().Select(DnsWords.Of).Distinct().Count());
    }

    [Fact]
    public void A_resolver_has_each_number_under_its_name()
    {
        string[] names =
        [
            "queries", "answers", "failures", "nxdomain", "servfail", "refused", "other_errors", "timeouts", "truncated", "retransmits", "duplicates", "unasked", "case_changed",
            "latency_p50_ms", "latency_p95_ms", "latency_max_ms",
        ];
        using var test = new TestOutput();
        test.Output.WriteJsonLine(Resolver(), static (json, one) =>
        {
            json.BeginObject();
            DnsJson.WriteResolver(json, one);
            json.EndObject();
        });
        using var document = JsonDocument.Parse(test.Text());
        JsonElement root = document.RootElement;

        Assert.Equal(("10.0.0.53:53", "dns"), (root.GetProperty("resolver").GetString(), root.GetProperty("protocol").GetString()));
        Assert.Equal([1, 2, 22, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 31, 32, 33], names.Select(name => root.GetProperty(name).GetDouble()));
    }

    [Fact]
    public void The_table_of_resolvers_has_each_number_in_its_column()
    {
        string[][] lines = [.. DnsLine.Table([Resolver()], s_pipe).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

        Assert.Equal(["RESOLVER", "KIND", "QUERIES", "ANSWERS", "FAILED", "NXDOMAIN", "SERVFAIL", "REFUSED", "TIMEOUT", "RETRIES", "P50", "P95", "MAX"], lines[0]);
        Assert.Equal(["10.0.0.53:53", "dns", "1", "2", "22", "3", "4", "5", "7", "9", "31.0 ms", "32.0 ms", "33.0 ms"], lines[^1]);
    }

    [Fact]
    public void What_was_lost_and_what_had_to_make_room_is_told()
    {
        var seen = new DnsStatistics
        {
            Resolvers = [],
            Messages = 0,
            Queries = 0,
            Answers = 0,
            Retransmits = 0,
            Duplicates = 2,
            Unasked = 1,
            Timeouts = 0,
            Announcements = 0,
            Echoes = 0,
            OtherOperations = 0,
            Losses = [new TrafficLoss("messages that make no sense", 3), new TrafficLoss("nothing", 0)],
            FillLevels = [new FillLevel("questions", 5, 5, 4)],
        };

        Assert.Equal(
            ["also seen: 1 answers to questions that were not seen", "also seen: 2 answers that came more than once", "lost: 3 messages that make no sense", "full: questions: 5 of 5, 4 had to make room"],
            DnsLine.Notes(seen));
    }

    [Fact]
    public void Fields_of_a_question_without_an_answer_say_so_and_the_type_of_a_record_is_kept_apart()
    {
        var json = new RecordJson();
        using var test = new TestOutput();
        test.Output.WriteJsonLine(Exchange() with { ResponseCode = -1, Latency = null, Answers = [] }, (text, one) =>
        {
            text.BeginObject();
            text.Property("type"u8, "query"u8);
            json.WriteFields(text, DnsFields.Lines, one);
            text.EndObject();
        });
        using var document = JsonDocument.Parse(test.Text());

        Assert.Equal(("query", "A"), (document.RootElement.GetProperty("type").GetString(), document.RootElement.GetProperty("query_type").GetString()));
        Assert.All(new[] { "rcode", "latency_ms", "ttl" }, name => Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty(name).ValueKind));
        Assert.Equal("none: there was no answer", document.RootElement.GetProperty("rcode_reason").GetString());
    }

    private static DnsResolverStatistics Resolver() => new()
    {
        Resolver = s_resolver,
        Kind = DnsKind.Dns,
        Queries = 1,
        Answers = 2,
        NameErrors = 3,
        ServerFailures = 4,
        Refusals = 5,
        OtherErrors = 6,
        Timeouts = 7,
        Truncated = 8,
        Retransmits = 9,
        Duplicates = 10,
        Unasked = 11,
        CaseChanges = 12,
        MedianLatency = TimeSpan.FromMilliseconds(31),
        P95Latency = TimeSpan.FromMilliseconds(32),
        MaxLatency = TimeSpan.FromMilliseconds(33),
    };

    private static string Result(DnsExchange one) => DnsLine.Of(one, TimeZoneInfo.Utc, s_pipe).Split(" ms  ")[1];

    private static DnsExchange Exchange() => new()
    {
        Time = DateTimeOffset.UnixEpoch.AddMilliseconds(100),
        Kind = DnsKind.Dns,
        Transport = IPProtocol.Udp,
        Client = s_client,
        Resolver = s_resolver,
        Responder = s_resolver,
        Id = 7,
        Name = "www.example.com",
        Type = DnsRecordType.A,
        Outcome = DnsOutcome.Answered,
        ResponseCode = 0,
        Latency = TimeSpan.FromMilliseconds(12.5),
        Answers =
        [
            new DnsAnswer("www.example.com", DnsRecordType.Cname, "real.example.com", TimeSpan.FromSeconds(60)),
            new DnsAnswer("real.example.com", DnsRecordType.A, "192.0.2.7", TimeSpan.FromSeconds(60)),
            new DnsAnswer("real.example.com", DnsRecordType.A, "192.0.2.8", TimeSpan.FromSeconds(60)),
        ],
        AnswerCount = 3,
        Retransmits = 1,
        ProcessId = 77,
        ProcessName = "curl",
        Confidence = OwnerConfidence.Kernel,
    };
}
