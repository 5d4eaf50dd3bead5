using System.Text.Json;
using Sonde.Testing;

namespace Sonde.Cli.Tests;

/// <summary>`sonde read`, run in this process: what it prints, what it says beside that, and its exit codes.</summary>
public sealed class ReadCommandTests : IDisposable
{
    private static readonly string s_protocols = Repository.PathOf("tests", "fixtures", "pcap", "protocols.pcap");
    private readonly string _folder = Directory.CreateTempSubdirectory("sonde-read-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_line_a_packet_reads_as_tcpdump_prints_it()
    {
        (int exitCode, string output, string error) = TestOutput.Run("read", s_protocols, "--time", "utc", "arp", "or", "icmp", "--count", "3");

        Assert.Equal((0, string.Empty), (exitCode, error));
        Assert.Equal(
            """
            04:22:23.500454 ARP, Request who-has 192.0.2.2 tell 192.0.2.1, length 28
            04:22:23.500469 ARP, Reply 192.0.2.2 is-at 02:00:00:00:00:02, length 28
            04:22:23.500474 IP 192.0.2.1 > 192.0.2.2: ICMP echo request, id 77, seq 1, length 64

            """,
            output);
    }

    [Fact]
    public void Every_packet_is_a_record_with_decoded_fields()
    {
        string[] lines = TestOutput.Run("read", s_protocols, "-f", "ndjson").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(94, lines.Length);
        JsonElement[] records = [.. lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(Enumerable.Range(1, 94), records.Select(static record => record.GetProperty("number").GetInt32()));
        JsonElement question = records.First(static record => record.TryGetProperty("dns", out _));
        Assert.Equal("www.example.com", question.GetProperty("dns").GetProperty("question").GetString());
        Assert.Equal("A", question.GetProperty("dns").GetProperty("question_type").GetString());
        Assert.Equal("udp", question.GetProperty("protocol").GetString());
        Assert.Equal(53, question.GetProperty("destination_port").GetInt32());
        Assert.Contains(records, static record => record.TryGetProperty("http", out JsonElement http) && http.GetProperty("method").GetString() == "GET");
        Assert.Contains(records, static record => record.TryGetProperty("vlan", out JsonElement vlan) && vlan.GetInt32() > 0);
        Assert.Contains(records, static record => record.TryGetProperty("tcp_flags", out JsonElement flags) && flags.GetString() == "S.");
        Assert.Contains(records, static record => record.TryGetProperty("arp", out JsonElement arp) && arp.GetProperty("sender").GetString() == "192.0.2.1");
    }

    [Fact]
    public void Json_is_one_document_with_its_gaps()
    {
        string output = TestOutput.Run("read", s_protocols, "-f", "json", "--count", "2").Output;

        using var document = JsonDocument.Parse(output);
        Assert.Equal(2, document.RootElement.GetProperty("packets").GetArrayLength());
        Assert.Equal(0, document.RootElement.GetProperty("gaps").GetArrayLength());
    }

    [Fact]
    public void Tsv_has_as_many_cells_in_every_line_as_its_header()
    {
        string[] lines = TestOutput.Run("read", s_protocols, "-f", "tsv").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(95, lines.Length);
        int columns = lines[0].Split('\t').Length;
        Assert.All(lines, line => Assert.Equal(columns, line.Split('\t').Length));
    }

    [Fact]
    public void Skip_and_count_choose_among_the_packets_that_pass()
    {
        string all = TestOutput.Run("read", s_protocols, "icmp", "-f", "tsv").Output;
        string[] numbers = [.. all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static line => line.Split('\t')[0])];

        string some = TestOutput.Run("read", s_protocols, "icmp", "-f", "tsv", "--skip", "3", "--count", "2").Output;

        Assert.Equal(numbers[3..5], some.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static line => line.Split('\t')[0]));
    }

    [Fact]
    public void Statistics_count_every_packet_in_every_table()
    {
        using var document = JsonDocument.Parse(TestOutput.Run("read", s_protocols, "--stats", "-f", "json").Output);
        JsonElement root = document.RootElement;

        Assert.Equal(94, root.GetProperty("packets").GetInt64());
        Assert.Equal(94, root.GetProperty("protocols").EnumerateArray().Sum(static one => one.GetProperty("packets").GetInt64()));
        long withAddresses = root.GetProperty("flows").EnumerateArray().Sum(static one => one.GetProperty("packets_a_to_b").GetInt64() + one.GetProperty("packets_b_to_a").GetInt64());
        Assert.Equal(withAddresses, root.GetProperty("hosts").EnumerateArray().Sum(static one => one.GetProperty("packets_sent").GetInt64()));
        Assert.Contains(root.GetProperty("flows").EnumerateArray(), static flow => flow.TryGetProperty("name", out JsonElement name) && name.GetString() == "www.example.com");
    }

    [Fact]
    public void A_small_table_says_how_much_it_has_forgotten()
    {
        string output = TestOutput.Run("read", s_protocols, "--stats", "--table-size", "2", "--top", "1").Output;

        Assert.Contains("1 of 2 shown, room for 2; ", output, StringComparison.Ordinal);
        Assert.Contains("forgotten to make room, --table-size keeps more", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("out.pcapng")]
    [InlineData("out.pcap")]
    public void A_converted_file_holds_the_same_packets(string name)
    {
        string copy = Path.Combine(_folder, name);

        (int exitCode, string output, string error) = TestOutput.Run("read", s_protocols, "--write", copy);

        Assert.Equal((0, string.Empty), (exitCode, output));
        Assert.StartsWith($"sonde: 94 packets read, 94 written to {copy} (", error, StringComparison.Ordinal);
        Assert.Equal(TestOutput.Run("read", s_protocols, "-f", "ndjson").Output, TestOutput.Run("read", copy, "-f", "ndjson").Output);
    }

    [Fact]
    public void A_filtered_file_holds_only_what_passed()
    {
        string copy = Path.Combine(_folder, "dns.pcapng");

        Assert.Equal(0, TestOutput.Run("read", s_protocols, "udp port 53", "--write", copy).ExitCode);

        Assert.Equal(TestOutput.Run("read", s_protocols, "udp port 53", "--time", "epoch").Output, TestOutput.Run("read", copy, "--time", "epoch").Output);
    }

    [Fact]
    public void A_torn_file_is_printed_to_the_tear_which_is_told_with_exit_code_1()
    {
        string torn = Path.Combine(_folder, "torn.pcap");
        File.WriteAllBytes(torn, File.ReadAllBytes(s_protocols)[..1000]);

        (int exitCode, string output, string error) = TestOutput.Run("read", torn);

        Assert.Equal(1, exitCode);
        int printed = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.InRange(printed, 3, 20);
        Assert.Matches($@"^sonde: not seen: the rest of the file: torn at byte \d+: the file ends at byte 1000, within a packet of \d+ captured bytes \(after {printed} packets\)\r?\n$", error);
        using var gap = JsonDocument.Parse(TestOutput.Run("read", torn, "-f", "ndjson").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.Equal("gap", gap.RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public void What_was_asked_for_before_the_tear_is_no_failure()
    {
        string torn = Path.Combine(_folder, "torn.pcap");
        File.WriteAllBytes(torn, File.ReadAllBytes(s_protocols)[..1000]);

        Assert.Equal((0, string.Empty), (TestOutput.Run("read", torn, "--count", "2").ExitCode, TestOutput.Run("read", torn, "--count", "2").Error));
    }

    [Theory]
    [InlineData("tcp prt 80", "Expected 'and', 'or' or the end, found 'prt'", "  tcp prt 80", "      ^")]
    [InlineData("host 10.0.0.999", "'10.0.0.999' is no IPv4 address: '999' is not between 0 and 255", "  host 10.0.0.999", "       ^")]
    [InlineData("tcp and", "Expected a test (host, net, port, a protocol, a comparison ...), found the end", "  tcp and", "         ^")]
    public void A_wrong_filter_is_shown_with_the_place(string filter, string problem, string shown, string caret)
    {
        (int exitCode, string output, string error) = TestOutput.Run("read", s_protocols, filter);

        Assert.Equal((2, string.Empty), (exitCode, output));
        string[] lines = error.Split(Environment.NewLine);
        Assert.Equal($"sonde: cannot compile the filter for ethernet: {problem}", lines[0]);
        Assert.Equal(shown, lines[1]);
        Assert.Equal(caret, lines[2]);
    }

    [Fact]
    public void The_place_in_a_long_filter_stays_in_sight()
    {
        string filter = string.Join(" or ", Enumerable.Range(1, 60).Select(static i => $"host 10.0.0.{i}")) + " or hots 10.1.1.1";

        string[] lines = TestOutput.Run("read", s_protocols, filter).Error.Split(Environment.NewLine);

        Assert.True(lines[1].Length < 100, lines[1]);
        Assert.Equal("hots 10.", lines[1].Substring(lines[2].IndexOf('^', StringComparison.Ordinal), 8));
    }

    [Fact]
    public void A_wrong_filter_leaves_the_file_to_be_written_alone()
    {
        string kept = Path.Combine(_folder, "kept.pcap");
        File.WriteAllText(kept, "kept");

        Assert.Equal(2, TestOutput.Run("read", s_protocols, "tcp prt 80", "--write", kept).ExitCode);

        Assert.Equal("kept", File.ReadAllText(kept));
    }

    [Fact]
    public void A_file_is_not_written_over_itself()
    {
        string same = Path.Combine(_folder, "same.pcap");
        File.Copy(s_protocols, same);

        (int exitCode, _, string error) = TestOutput.Run("read", same, "--write", same);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"sonde: cannot write '{same}'", error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(s_protocols), File.ReadAllBytes(same));
    }

    [Theory]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0 }, "A gzip-compressed file is not read here.", "To read what is in it: gzip -dc ")]
    [InlineData(new byte[] { 0x73, 0x6E, 0x6F, 0x6F, 0x70, 0, 0, 0 }, "A snoop file is not read here.", "To convert it by Wireshark's tool: editcap -F pcapng ")]
    [InlineData(new byte[] { 1, 2, 3, 4 }, "Neither pcap nor pcapng begins with 01020304.", "Files that are read: pcap and pcapng")]
    [InlineData(new byte[0], "The file is empty.", null)]
    public void What_is_no_capture_file_is_refused_with_the_way_out(byte[] content, string why, string? advice)
    {
        string path = Path.Combine(_folder, "odd");
        File.WriteAllBytes(path, content);

        (int exitCode, string output, string error) = TestOutput.Run("read", path);

        Assert.Equal((1, string.Empty), (exitCode, output));
        string[] lines = error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"sonde: cannot read '{path}': it is no capture file that is read here", lines[0]);
        Assert.Equal("  " + why, lines[1]);
        Assert.Equal(advice is null ? 2 : 3, lines.Length);
        Assert.StartsWith("  " + advice, lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_and_a_directory_are_told_apart()
    {
        Assert.StartsWith($"sonde: cannot read '{_folder}/none'", TestOutput.Run("read", _folder + "/none").Error, StringComparison.Ordinal);
        Assert.Contains("It is a directory.", TestOutput.Run("read", _folder).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'sonde read' has no option '--cuont'", "--cuont", "3")]
    [InlineData("--count takes a number from 1", "--count", "0")]
    [InlineData("--skip takes a number from 0", "--skip", "-1")]
    [InlineData("--top and --table-size say how to count, and --stats is missing", "--top", "3")]
    [InlineData("--print and --file-format belong to --write, which is missing", "--file-format", "pcap")]
    [InlineData("'tomorrow' is no time format: choose local, utc, date, date-utc, epoch, delta, elapsed or none", "--time", "tomorrow")]
    [InlineData("--stats and --print exclude each other", "--stats", "--print", "--write", "x")]
    public void A_mistake_is_a_usage_error(string what, params string[] arguments)
    {
        (int exitCode, _, string error) = TestOutput.Run(["read", s_protocols, .. arguments]);

        Assert.Equal(2, exitCode);
        Assert.StartsWith($"sonde: {what}", error, StringComparison.Ordinal);
    }
}
