using System.Text;
using Sonde.Host.Interfaces.Linux;

namespace Sonde.Host.Tests.Linux;

public sealed class ProcNetDevTests
{
    private const string Head =
        "Inter-|   Receive                                                |  Transmit\n" +
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";

    // Recorded on Linux 6.18; the counters of eth0 are changed so that no two columns are equal.
    private const string Recorded = Head +
        "    lo:    3913      41    0    0    0     0          0         0     3913      41    0    0    0     0       0          0\n" +
        "  eth0: 18446744073709551615 9728 1 2 3 4 5 6 357472 4490 7 8 9 10 11 12\n";

    [Fact]
    public void Each_column_becomes_its_counter()
    {
        var parsed = ProcNetDev.Parse(Encoding.ASCII.GetBytes(Recorded));

        Assert.Equal(0, parsed.Skipped);
        Assert.Equal(["lo", "eth0"], parsed.Entries.Select(entry => Encoding.ASCII.GetString(entry.Name)));
        Interfaces.InterfaceCounters counters = parsed.Entries[1].Counters;
        Assert.Equal(ulong.MaxValue, counters.ReceivedBytes);
        Assert.Equal(9728UL, counters.ReceivedPackets);
        Assert.Equal(1UL, counters.ReceiveErrors);
        Assert.Equal(2UL, counters.ReceiveDrops);
        Assert.Equal(6UL, counters.ReceivedMulticast.Value);
        Assert.Equal(357472UL, counters.SentBytes);
        Assert.Equal(4490UL, counters.SentPackets);
        Assert.Equal(7UL, counters.SendErrors);
        Assert.Equal(8UL, counters.SendDrops.Value);
        Assert.Equal(10UL, counters.Collisions.Value);
    }

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("eth0:1", "eth0:1")]
    [InlineData(":", ":")]
    [InlineData("|", "|")]
    [InlineData("name-of-15-byte", "name-of-15-byte")]
    [InlineData("0", "0")]
    public void A_name_is_taken_as_it_is_up_to_the_last_colon(string name, string expected)
    {
        // No space behind the colon, as old kernels print it once a counter is wide.
        var parsed = ProcNetDev.Parse(Encoding.Latin1.GetBytes($"{Head}{name,6}:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"));

        Assert.Equal(expected, Encoding.Latin1.GetString(Assert.Single(parsed.Entries).Name));
        Assert.Equal(1UL, parsed.Entries[0].Counters.ReceivedBytes);
        Assert.Equal(0, parsed.Skipped);
    }

    [Fact]
    public void Bytes_that_are_no_text_stay_the_name()
    {
        byte[] text = [.. Encoding.ASCII.GetBytes(Head + " "), 0xFF, 0x01, 0xC3, .. ": 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"u8];

        Assert.Equal([0xFF, 0x01, 0xC3], Assert.Single(ProcNetDev.Parse(text).Entries).Name);
    }

    [Theory]
    [InlineData("eth0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16")]
    [InlineData("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15")]
    [InlineData("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 -1")]
    [InlineData("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 +1")]
    [InlineData("eth0: 18446744073709551616 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16")]
    [InlineData("eth0: 0x1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16")]
    [InlineData(": 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16")]
    [InlineData("sixteen-byte-nam: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16")]
    [InlineData("a\0b: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16")]
    [InlineData("")]
    public void A_line_that_lies_is_skipped_and_counted(string line)
    {
        var parsed = ProcNetDev.Parse(Encoding.ASCII.GetBytes($"{Head}{line}\n    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"));

        Assert.Equal("lo", Encoding.ASCII.GetString(Assert.Single(parsed.Entries).Name));
        Assert.Equal(1, parsed.Skipped);
    }

    [Fact]
    public void A_prefix_holds_the_whole_lines_only_and_counts_the_torn_one()
    {
        byte[] recorded = Encoding.ASCII.GetBytes(Recorded);
        var whole = ProcNetDev.Parse(recorded);
        ProcFuzz.EveryPrefix(recorded, prefix =>
        {
            var parsed = ProcNetDev.Parse(prefix);
            int lines = prefix.Count(one => one == '\n');

            Assert.Equal(Math.Max(0, lines - 2), parsed.Entries.Count);
            Assert.Equal(prefix.Length == 0 || prefix[^1] == '\n' ? 0 : 1, parsed.Skipped);
            Assert.Equal(whole.Entries.Take(parsed.Entries.Count).Select(entry => entry.Counters), parsed.Entries.Select(entry => entry.Counters));
        });
    }

    [Fact]
    public void No_mutation_throws_and_every_line_is_an_entry_a_head_or_skipped() =>
        ProcFuzz.Mutations(Encoding.ASCII.GetBytes(Recorded), 20_000, bytes =>
        {
            var parsed = ProcNetDev.Parse(bytes);

            int lines = bytes.AsSpan().Count((byte)'\n') + (bytes[^1] == '\n' ? 0 : 1);
            Assert.InRange(parsed.Entries.Count + parsed.Skipped, lines - 2, lines);
        });

    [Fact]
    public void Entries_are_bounded_and_the_rest_is_counted()
    {
        const int More = 10;
        string text = Head + string.Concat(Enumerable.Repeat("e: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", ProcNetDev.MaxEntries + More));

        var parsed = ProcNetDev.Parse(Encoding.ASCII.GetBytes(text));

        Assert.Equal(ProcNetDev.MaxEntries, parsed.Entries.Count);
        Assert.Equal(More, parsed.Skipped);
    }
}
