using System.Buffers.Binary;
using Sonde.Testing;

namespace Sonde.Packets.Tests;

/// <summary>A captured frame in a test: just enough of a pcap reader not to depend on the one under test.</summary>
public sealed record CapturedFrame(LinkType LinkType, byte[] Data, int WireLength);

/// <summary>Finds capture files and reads their frames.</summary>
internal static class Captures
{
    /// <summary>The captures that are kept in this repository.</summary>
    public static IReadOnlyList<CapturedFrame> Own(string name) => Read(Repository.PathOf("tests", "fixtures", "pcap", name));

    /// <summary>What tcpdump printed for one of the repository's captures, a line per packet.</summary>
    public static string OwnText(string name) => File.ReadAllText(Repository.PathOf("tests", "fixtures", "pcap", name));

    /// <summary>The captures of tcpdump's own tests, which are not part of this repository.</summary>
    public static IReadOnlyList<string> Foreign()
    {
        string root = Environment.GetEnvironmentVariable("SONDE_FIXTURES") is { Length: > 0 } told
            ? told
            : Path.Combine(Repository.Root, "..", "shared", "fixtures");
        string folder = Path.Combine(root, "tcpdump");
        Assert.SkipUnless(Directory.Exists(folder), "There is no folder of tcpdump's captures: set SONDE_FIXTURES to the folder that holds tcpdump/.");
        return [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
    }

    /// <summary>The frames of a classic pcap file, of either byte order, as far as it goes; none for other files.</summary>
    public static IReadOnlyList<CapturedFrame> Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        if (file.Length < 24 || file[..4] is not ([0xD4 or 0x4D, 0xC3 or 0x3C, 0xB2, 0xA1] or [0xA1, 0xB2, 0xC3 or 0x3C, 0xD4 or 0x4D]))
        {
            return [];
        }

        bool little = file[0] != 0xA1;
        var type = (LinkType)(Word(file[20..], little) & 0xFFFF);
        var frames = new List<CapturedFrame>();
        int at = 24;
        while (file.Length - at >= 16)
        {
            uint captured = Word(file[(at + 8)..], little);
            uint wire = Word(file[(at + 12)..], little);
            at += 16;
            if (captured > file.Length - at)
            {
                break;
            }

            frames.Add(new CapturedFrame(type, file.Slice(at, (int)captured).ToArray(), (int)Math.Min(wire, int.MaxValue)));
            at += (int)captured;
        }

        return frames;
    }

    private static uint Word(ReadOnlySpan<byte> at, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
}
