using System.Globalization;
using System.Net;
using Sonde.Packets.Files;

namespace Sonde.Packets.Tests.Files;

/// <summary>We and the public tools read the same in the same files.</summary>
public sealed class OtherReadersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sonde-captures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Captures_of_others_have_the_packets_that_capinfos_counts()
    {
        IReadOnlyList<string> files = Fixtures.All();
        Tool.Answer answer = Tool.Run("capinfos", ["-TmQ", "-r", "-c", "-d", .. files]);

        var expected = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(',').Select(cell => cell.Trim('"')).ToArray())
            .ToDictionary(cells => cells[0], cells => $"{cells[1]} packets, {cells[2]} bytes", StringComparer.Ordinal);
        var differences = new List<string>();
        foreach (string file in files)
        {
            Captures.Result ours = Captures.Read(File.OpenRead(file));
            string told = $"{ours.Packets.Count} packets, {ours.Packets.Sum(packet => packet.WireLength)} bytes";
            bool known = expected.TryGetValue(file, out string? theirs);
            if (known ? theirs != told : !IsOfUnknownLinkType(answer.Error, file))
            {
                differences.Add($"{file}: ours {told} ({ours.Ending}), theirs {theirs ?? answer.Error}");
            }
        }

        Assert.Empty(differences);
    }

    [Fact]
    public void Captures_of_others_cut_anywhere_never_throw()
    {
        var random = new Random(7);
        foreach (string file in Fixtures.All())
        {
            byte[] bytes = File.ReadAllBytes(file);
            int packets = Captures.Read(bytes).Packets.Count;
            for (int round = 0; round < 4; round++)
            {
                Captures.Result cut = Captures.Read(bytes[..random.Next(bytes.Length)]);
                Assert.NotEqual(CaptureEndingKind.None, cut.Ending.Kind);
                Assert.True(cut.Packets.Count <= packets, file);
            }
        }
    }

    [Theory]
    [InlineData("pcap", false)]
    [InlineData("pcap", true)]
    [InlineData("pcapng", false)]
    [InlineData("pcapng", true)]
    public void Tshark_reads_our_files_without_a_warning(string format, bool bigEndian)
    {
        string file = WriteFile(format, bigEndian);

        // tshark lists custom blocks among the packets; they have no time.
        Tool.Answer answer = Tool.Run("tshark", "-n", "-r", file, "-Y", "frame.time_epoch", "-T", "fields", "-e", "frame.len", "-e", "frame.cap_len", "-e", "frame.time_epoch");

        Assert.Equal(0, answer.ExitCode);
        Assert.DoesNotContain("tshark:", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", answer.Error, StringComparison.OrdinalIgnoreCase);
        string[] expected =
        [
            .. Captures.SomePackets.Where(packet => packet.Length > 3).Select((packet, i) => string.Create(
                CultureInfo.InvariantCulture, $"{packet.Length + 4}\t{packet.Length}\t1700000000.{123_456_789 + i}")),
        ];
        Assert.Equal(expected, answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("pcap", false)]
    [InlineData("pcap", true)]
    [InlineData("pcapng", false)]
    [InlineData("pcapng", true)]
    public void Tcpdump_and_capinfos_read_our_files_without_a_warning(string format, bool bigEndian)
    {
        string file = WriteFile(format, bigEndian);

        Tool.Answer counted = Tool.Run("capinfos", "-TmQ", "-r", "-c", "-d", file);
        Tool.Answer printed = Tool.Run("tcpdump", "--count", "-r", file);

        Assert.Equal((0, ""), (counted.ExitCode, counted.Error));
        Assert.Contains(",\"3\",\"1576\"", counted.Output, StringComparison.Ordinal);
        Assert.Equal(0, printed.ExitCode);
        Assert.Equal("3 packets", printed.Output.Trim());
        Assert.All(
            printed.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("reading from file", line, StringComparison.Ordinal));
    }

    // capinfos refuses a file of a link type that Wireshark does not know; we count packets whatever they begin with.
    private static bool IsOfUnknownLinkType(string errors, string file)
    {
        string[] lines = errors.Split('\n');
        int at = Array.FindIndex(lines, line => line.Contains($"\"{file}\"", StringComparison.Ordinal));
        return at >= 0 && at + 1 < lines.Length && lines[at + 1].Contains("unknown or unsupported", StringComparison.Ordinal);
    }

    private string WriteFile(string format, bool bigEndian)
    {
        string path = Path.Combine(_folder, $"ours-{bigEndian}.{format}");
        using CaptureWriter writer = format == "pcap"
            ? new PcapWriter(File.Create(path), new PcapWriterOptions { BigEndian = bigEndian })
            : NgWriter(path, bigEndian);
        int at = 0;
        foreach (byte[] packet in Captures.SomePackets.Where(packet => packet.Length > 3))
        {
            if (writer is PcapNgWriter annotated)
            {
                annotated.Write(0, packet, packet.Length + 4, Captures.SomeTime + at++, new PacketAnnotation { Comment = "bemerkt: ü"u8, Direction = PacketDirection.Inbound, DropCount = 2 });
            }
            else
            {
                writer.Write(packet, packet.Length + 4, Captures.SomeTime + at++);
            }
        }

        (writer as PcapNgWriter)?.WriteStatistics(new InterfaceStatistics
        {
            TimestampNanoseconds = Captures.SomeTime,
            StartNanoseconds = Captures.SomeTime,
            EndNanoseconds = Captures.SomeTime + 5,
            Received = 5,
            DroppedBySystem = 2,
        });
        return path;
    }

    private static PcapNgWriter NgWriter(string path, bool bigEndian)
    {
        var section = new CaptureSection { IsBigEndian = bigEndian, Application = "sonde", Hardware = "x", OperatingSystem = "y", Comment = "z" };
        var writer = new PcapNgWriter(File.Create(path), new PcapNgWriterOptions { Section = section });
        writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet, Name = "eth0", Description = "uplink", SnapLength = 262144, Filter = "tcp", OperatingSystem = "y" });
        writer.WriteNames(new ResolvedName(IPAddress.Loopback, "localhost"), new ResolvedName(IPAddress.IPv6Loopback, "localhost"));
        writer.WriteSecrets(0x544C534B, "CLIENT_RANDOM 00 00\n"u8);
        writer.WriteBlock(PcapNgBlockType.Custom, [0, 0, 0, 1, 7, 7]);
        return writer;
    }
}
