using System.Text.Json;
using Sonde.Cli.Errors;
using Sonde.Cli.Frames;
using Sonde.Cli.Output;
using Sonde.Packets.Files;
using Sonde.Testing;

namespace Sonde.Cli.Tests;

/// <summary>Whole and mutated capture files through everything that `sonde read` does with them. Longer by command: <c>./test fuzz --minutes 30</c>.</summary>
public sealed class FuzzTests
{
    private static readonly OutputFormat[] s_formats = [OutputFormat.Pretty, OutputFormat.Json, OutputFormat.Ndjson, OutputFormat.Tsv];
    private static readonly string[] s_filters = [string.Empty, "tcp or udp", "not ip[6:2] & 0x1fff = 0", "geneve and host 10.0.0.1", "vlan and port 53", "len > 60"];

    [Fact]
    public void Every_capture_at_hand_is_printed_counted_and_converted_without_a_throw()
    {
        foreach (string path in CaptureFixtures.All())
        {
            byte[] file = File.ReadAllBytes(path);
            try
            {
                long packets = Print(file, OutputFormat.Ndjson, string.Empty);
                Assert.Equal(packets, Print(file, OutputFormat.Pretty, string.Empty));
                Convert(file, CaptureFormat.PcapNg);
                Convert(file, CaptureFormat.Pcap);
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"{path}: {e}");
            }
        }
    }

    [Fact]
    public void Mutated_captures_are_printed_counted_and_converted_without_a_throw()
    {
        var run = new FuzzRun(1500);
        IReadOnlyList<string> paths = [.. CaptureFixtures.All().Where(static path => new FileInfo(path).Length < 64 * 1024)];
        while (run.Next())
        {
            string path = paths[run.Random.Next(paths.Count)];
            byte[] mutant = run.Mutate(File.ReadAllBytes(path));
            OutputFormat format = s_formats[run.Random.Next(s_formats.Length)];
            string filter = s_filters[run.Random.Next(s_filters.Length)];
            try
            {
                Print(mutant, format, filter);
                Convert(mutant, run.Random.Next(2) == 0 ? CaptureFormat.Pcap : CaptureFormat.PcapNg);
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"sonde-fuzz-{run.Seed}-{run.Round}.bin");
                File.WriteAllBytes(kept, mutant);
                Assert.Fail($"Round {run.Round} of seed {run.Seed}, from {path}, kept as {kept}: {e}");
            }
        }
    }

    // Prints what passes; what comes out is whole JSON where it says so, and nothing that a terminal obeys.
    private static long Print(byte[] file, OutputFormat format, string filter)
    {
        using var test = new TestOutput();
        var statistics = new FrameTally(64);
        long packets = 0;
        using (FramePrinter printer = FramePrinter.Create(test.Output, format, new FrameTimeText(FrameTime.Local, TimeZoneInfo.Utc)))
        using (CaptureReader reader = CaptureReader.Open(new MemoryStream(file)))
        {
            var wanted = FrameFilter.From([filter], "sonde read");
            printer.ShowsInterface = packets % 2 == 0;
            while (reader.TryRead(out CapturedPacket packet))
            {
                FrameRow row = FrameRow.From(packet, ++packets);
                try
                {
                    if (!wanted.Matches(row))
                    {
                        continue;
                    }
                }
                catch (UserErrorException)
                {
                    break; // a link type that cannot be filtered, or to which the filter means nothing
                }

                printer.Print(row);
                statistics.Add(row);
            }

            printer.Finish([new FrameGap("something", "for a reason")]);
        }

        FrameStatisticsPrinter.Print(test.Output, OutputFormat.Pretty, statistics, 5, []);
        string text = test.Text();
        Assert.DoesNotContain(text, static c => char.IsControl(c) && c is not ('\n' or '\t'));
        if (format == OutputFormat.Ndjson)
        {
            foreach (string line in text.Split('\n').TakeWhile(static line => line.StartsWith('{')))
            {
                JsonDocument.Parse(line).Dispose();
            }
        }

        return packets;
    }

    // Writes what was read, reads that again, and finds as many packets.
    private static void Convert(byte[] file, CaptureFormat format)
    {
        using var copy = new MemoryStream();
        long written;
        try
        {
            using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
            using var writer = new CaptureFileWriter(copy, "copy", format, new CaptureSection(), leaveOpen: true);
            while (reader.TryRead(out CapturedPacket packet))
            {
                writer.Write(writer.AddInterface(packet.Interface), packet);
            }

            written = writer.Packets;
            _ = writer.Gaps().ToList();
        }
        catch (UserErrorException)
        {
            return; // several link types in classic pcap, or one that pcapng has no room for
        }

        copy.Position = 0;
        using CaptureReader again = CaptureReader.Open(copy);
        long read = 0;
        while (again.TryRead(out _))
        {
            read++;
        }

        Assert.Equal((written, CaptureEndingKind.Clean, 0L), (read, again.Ending.Kind, again.Counters.Skipped));
    }
}
