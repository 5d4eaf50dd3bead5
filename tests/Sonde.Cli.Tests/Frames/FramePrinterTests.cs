using System.Text.Json;
using Sonde.Cli.Frames;
using Sonde.Cli.Output;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Testing;

namespace Sonde.Cli.Tests.Frames;

public sealed class FramePrinterTests
{
    [Theory]
    [InlineData(OutputFormat.Pretty)]
    [InlineData(OutputFormat.Json)]
    [InlineData(OutputFormat.Ndjson)]
    [InlineData(OutputFormat.Tsv)]
    internal void Printing_a_frame_allocates_nothing_in_any_format(OutputFormat format)
    {
        byte[] file = File.ReadAllBytes(Capture("protocols.pcap"));
        using var output = new CommandOutput(Stream.Null, new Screen(int.MaxValue, int.MaxValue, IsTerminal: false, TextStyle.Plain));
        using FramePrinter printer = FramePrinter.Create(output, format, new FrameTimeText(FrameTime.Local, TimeZoneInfo.Utc));
        for (int round = 0; round < 10; round++)
        {
            PrintAll(printer, file, out _, out _);
        }

        PrintAll(printer, file, out long frames, out long allocated);

        Assert.Equal(94, frames);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Counting_a_frame_allocates_nothing_once_its_hosts_and_flows_are_known()
    {
        byte[] file = File.ReadAllBytes(Capture("protocols.pcap"));
        var statistics = new FrameTally();
        CountAll(statistics, file);
        CountAll(statistics, file);

        long allocated = CountAll(statistics, file);

        Assert.Equal(0, allocated);
        Assert.Equal(3 * 94, statistics.Total.Packets);
    }

    [Fact]
    public void A_frame_of_nothing_and_one_of_an_unknown_type_are_records_all_the_same()
    {
        using var test = new TestOutput();
        using (FramePrinter printer = FramePrinter.Create(test.Output, OutputFormat.Ndjson, new FrameTimeText(FrameTime.None, TimeZoneInfo.Utc)))
        {
            printer.Print(new FrameRow { Number = 1, LinkType = LinkType.Ethernet, Data = default, WireLength = 0 });
            printer.Print(new FrameRow { Number = 2, LinkType = (LinkType)127, Data = [1, 2, 3], WireLength = 3, InterfaceName = "e\u001b[31m\"0" });
        }

        string[] lines = test.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.DoesNotContain('\u001b', test.Text());
        using var second = JsonDocument.Parse(lines[1]);
        Assert.Equal(127, second.RootElement.GetProperty("link_type").GetInt32());
        Assert.Equal("e\u001b[31m\"0", second.RootElement.GetProperty("interface").GetString());
        Assert.Equal(JsonValueKind.Null, second.RootElement.GetProperty("time").ValueKind);
        Assert.Equal("none: the file does not tell", second.RootElement.GetProperty("time_reason").GetString());
    }

    [Fact]
    public void With_several_interfaces_a_line_names_its_own_and_the_direction()
    {
        using var test = new TestOutput();
        using (FramePrinter printer = FramePrinter.Create(test.Output, OutputFormat.Pretty, new FrameTimeText(FrameTime.None, TimeZoneInfo.Utc)))
        {
            printer.ShowsInterface = true;
            printer.Print(new FrameRow { Number = 1, LinkType = LinkType.Raw, Data = default, WireLength = 0, InterfaceName = "lo", Direction = PacketDirection.Inbound });
            printer.Print(new FrameRow { Number = 2, LinkType = LinkType.Raw, Data = default, WireLength = 0, InterfaceName = "\u202e0", Direction = PacketDirection.Outbound });
        }

        string[] lines = test.Text().Split('\n');
        Assert.StartsWith("lo    In  ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith(@"\u202e0 Out ", lines[1], StringComparison.Ordinal);
    }

    private static string Capture(string name) => Repository.PathOf("tests", "fixtures", "pcap", name);

    private static void PrintAll(FramePrinter printer, byte[] file, out long frames, out long allocated)
    {
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        frames = 0;
        AllocationWatch allocations = AllocationWatch.Start();
        while (reader.TryRead(out CapturedPacket packet))
        {
            printer.Print(FrameRow.From(packet, ++frames));
        }

        allocated = allocations.Allocated;
    }

    private static long CountAll(FrameTally statistics, byte[] file)
    {
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        long frames = 0;
        AllocationWatch allocations = AllocationWatch.Start();
        while (reader.TryRead(out CapturedPacket packet))
        {
            statistics.Add(FrameRow.From(packet, ++frames));
        }

        return allocations.Allocated;
    }
}
