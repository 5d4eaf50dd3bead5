using System.Globalization;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;

namespace Sonde.Benchmarks;

/// <summary>The captures and libpcap programs of tests/fixtures, ready for measuring.</summary>
internal static class RecordedPackets
{
    private static readonly string s_fixtures = Find();

    /// <summary>The frames of a capture of this repository, or of the one that SONDE_BENCH_CAPTURE names.</summary>
    internal static (LinkType Type, byte[][] Frames) Read(string name)
    {
        string path = Environment.GetEnvironmentVariable("SONDE_BENCH_CAPTURE") is { Length: > 0 } told ? told : Path.Combine(s_fixtures, "pcap", name);
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(path));
        var frames = new List<byte[]>();
        while (reader.TryRead(out CapturedPacket packet))
        {
            frames.Add(packet.Data.ToArray());
        }

        return (reader.Interfaces[0].LinkType, [.. frames]);
    }

    /// <summary>The program that libpcap makes of an expression for Ethernet, as recorded.</summary>
    internal static BpfInstruction[] Libpcap(string expression)
    {
        string line = File.ReadLines(Path.Combine(s_fixtures, "filter", "libpcap-1.10.3.txt")).First(line => line.StartsWith($"1\t{expression}\t", StringComparison.Ordinal));
        return Array.ConvertAll(line.Split('\t')[2].Split(','), static instruction =>
        {
            int[] fields = Array.ConvertAll(instruction.Split(' '), static field => unchecked((int)uint.Parse(field, CultureInfo.InvariantCulture)));
            return new BpfInstruction((ushort)fields[0], (byte)fields[1], (byte)fields[2], unchecked((uint)fields[3]));
        });
    }

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string fixtures = Path.Combine(at.FullName, "tests", "fixtures");
            if (Directory.Exists(fixtures))
            {
                return fixtures;
            }
        }

        throw new InvalidOperationException($"No tests/fixtures above {AppContext.BaseDirectory}: run the benchmarks in the checkout.");
    }
}
