using Sonde.Cli.Commands.Snapshot;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Traffic;

namespace Sonde.Cli.Tests;

/// <summary>The shapes that netoproc's users rely on, from a snapshot that a test wrote.</summary>
public sealed class SnapshotOutputTests
{
    [Fact]
    public void Tsv_is_netoprocs()
    {
        using var test = new TestOutput();

        TrafficTsv.Write(test.Output, Options().Choose(Sample()), time: null, withHeader: true);

        Assert.Equal(
            "pid\tprocess\trx_bytes\ttx_bytes\trx_packets\ttx_packets\n"
            + "7\tna\\tme\t5000\t100\t9\t1\n"
            + "9\tcurl\t300\t20\t3\t2\n"
            + "-\tunknown\t40\t0\t1\t0\n",
            test.Text());
    }

    [Fact]
    public void Json_is_netoprocs_flat_array()
    {
        using var test = new TestOutput();

        TrafficJson.WriteRows(test.Output, Options(top: 1).Choose(Sample()));

        Assert.Equal("[{\"pid\":7,\"process\":\"na\\tme\",\"rx_bytes\":5000,\"tx_bytes\":100,\"rx_packets\":9,\"tx_packets\":1}]\n", test.Text());
    }

    [Fact]
    public void A_table_has_a_total_and_says_why_traffic_has_no_process()
    {
        using var test = new TestOutput();

        TrafficPretty.Write(test.Output, Sample(), Options().Choose(Sample()), Options());

        string[] lines = test.Text().Split('\n');
        Assert.Equal("Traffic of 5.0 s, counted in the kernel for every socket", lines[0]);
        Assert.Contains(lines, static line => line.Contains("TOTAL", StringComparison.Ordinal) && line.Contains("5.34 kB", StringComparison.Ordinal) && line.Contains("120 B", StringComparison.Ordinal));
        Assert.Contains("unknown: 40 B of ICMP, which the kernel answers by itself", lines);
        Assert.Contains("lost: 3 of something", lines);
        Assert.DoesNotContain(lines, static line => line.Contains('\t', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("traffic", "na\tme,curl,unknown")]
    [InlineData("-traffic", "unknown,curl,na\tme")]
    [InlineData("pid", "na\tme,curl,unknown")]
    [InlineData("-pid", "curl,na\tme,unknown")]
    [InlineData("name", "curl,na\tme,unknown")]
    [InlineData("tx", "na\tme,curl,unknown")]
    public void Rows_are_sorted_by_a_field(string sort, string expected)
    {
        Assert.True(TrafficFields.All.TryFind(sort.TrimStart('-'), out RecordField<TrafficRow>? field));

        List<TrafficRow> rows = (Options() with { Sort = field, IsTurned = sort[0] == '-' }).Choose(Sample());

        Assert.Equal(expected, string.Join(',', rows.Select(static row => row.Name)));
    }

    [Fact]
    public void A_filter_is_a_part_of_a_name_or_an_expression()
    {
        Assert.Equal(["curl"], (Options() with { Word = "CUR" }).Choose(Sample()).Select(static row => row.Name));
        var filter = RecordFilter<TrafficRow>.Parse("rx_bytes>100 and not process=curl", TrafficFields.All);
        Assert.Equal([7], (Options() with { Filter = filter }).Choose(Sample()).Select(static row => row.Process!.Pid)); // the row of a process
    }

    [Fact]
    public void Groups_add_up_to_everything()
    {
        foreach (SnapshotGroup group in new[] { SnapshotGroup.Process, SnapshotGroup.User, SnapshotGroup.Container, SnapshotGroup.Remote, SnapshotGroup.Interface })
        {
            TrafficCounters sum = default;
            foreach (TrafficRow row in TrafficRows.Of(Sample(), group))
            {
                sum += row.Counters;
            }

            Assert.Equal(Sample().Total, sum);
        }
    }

    private static SnapshotOptions Options(int? top = null)
    {
        Assert.True(TrafficFields.All.TryFind("traffic", out RecordField<TrafficRow>? field));
        return new SnapshotOptions(OutputFormat.Tsv, false, TimeSpan.FromSeconds(5), false, null, SnapshotGroup.Process, field, false, null, null, top, new TrafficOptions());
    }

    private static TrafficSnapshot Sample() => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Elapsed = TimeSpan.FromSeconds(5),
        Backend = TrafficBackend.Bpf,
        Backends = [],
        Processes = [Process(9, "curl", new TrafficCounters(300, 20, 3, 2)), Process(7, "na\tme", new TrafficCounters(5000, 100, 9, 1))],
        Connections = [],
        Unowned = [new UnownedTraffic(UnownedReason.Icmp, new TrafficCounters(40, 0, 1, 0), 1)],
        Forgotten = default,
        Interfaces = [],
        Coverage = Reading.Unsupported<TrafficCoverage>("a sample"),
        Losses = [new TrafficLoss("of something", 3)],
        FillLevels = [new FillLevel("flows", 1, 10, 0)],
        Gaps = [],
        Total = new TrafficCounters(5340, 120, 13, 3),
    };

    private static ProcessTraffic Process(int pid, string name, TrafficCounters counters) => new()
    {
        Key = new ProcessKey(Guid.Empty, pid, 1),
        Name = name,
        UserId = 0u,
        Identity = Reading.Gone<ProcessIdentity>("a sample"),
        IsRunning = true,
        FirstSeen = DateTimeOffset.UnixEpoch,
        LastSeen = DateTimeOffset.UnixEpoch,
        Counters = counters,
        Rates = default,
        AverageRates = default,
        Connections = 1,
    };
}
