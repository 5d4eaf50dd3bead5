using System.Buffers;
using Sonde.Testing;

namespace Sonde.Packets.Tests;

public sealed class PacketTextTests
{
    [Theory]
    [InlineData("protocols.pcap", 0)]
    [InlineData("http-any-sll2.pcap", 2)]
    [InlineData("vxlan-any-sll.pcap", 0)]
    public void Lines_read_as_tcpdump_prints_them(string name, int wordsBefore)
    {
        string[] expected = Expected(Path.ChangeExtension(name, ".tcpdump.txt"));
        IReadOnlyList<CapturedFrame> frames = Captures.Own(name);

        Assert.Equal(expected.Length, frames.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            // With version 2 of "cooked" captures tcpdump begins with the interface and the direction.
            string line = expected[i];
            for (int word = 0; word < wordsBefore; word++)
            {
                line = line[line.IndexOf(' ')..].TrimStart();
            }

            string ours = Text(frames[i]);
            if (line.StartsWith("STP ", StringComparison.Ordinal) || line.Contains("0x88a4", StringComparison.Ordinal))
            {
                // Spanning tree is not decoded here, and tcpdump does not know EtherCAT's name.
                Assert.Matches("^STP, length 35$|ethertype EtherCAT \\(0x88a4\\), length 62$", ours);
            }
            else
            {
                Assert.Equal(line, ours);
            }
        }
    }

    [Theory]
    [InlineData("06" + "00" + "C0000201C0000202" + "1F900050" + "00000001" + "00000000" + "5002" + "FFFF" + "00000000", "IP 192.0.2.1.8080 > 192.0.2.2.80: Flags [S], seq 1, win 65535, length 0")]
    [InlineData("06" + "00" + "C0000201C0000202" + "00010002" + "FFFFFFFF" + "00000005" + "5018" + "0001" + "00000000" + "414243", "IP 192.0.2.1.1 > 192.0.2.2.2: Flags [P.], seq 4294967295:2, ack 5, win 1, length 3")]
    [InlineData("06" + "00" + "C0000201C0000202" + "00010002" + "00000001" + "00000005" + "6110" + "0001" + "00000000" + "05020000", "IP 192.0.2.1.1 > 192.0.2.2.2: Flags [.e], ack 5, win 1, options [sack 0 ,eol], length 0")]
    [InlineData("11" + "00" + "C0000201C0000202" + "00350400" + "0000" + "0000" + "123481830001000000000000" + "0378797A00" + "00010001", "IP 192.0.2.1.53 > 192.0.2.2.1024: 4660 NXDomain 0/0/0 (21)")]
    [InlineData("11" + "00" + "C0000201C0000202" + "0400007B" + "0008" + "0000", "IP 192.0.2.1.1024 > 192.0.2.2.123: UDP, length 0")]
    [InlineData("01" + "00" + "C0000201C0000202" + "0B00000000000000", "IP 192.0.2.1 > 192.0.2.2: ICMP time exceeded in-transit, length 8")]
    [InlineData("FD" + "00" + "C0000201C0000202" + "00", "IP 192.0.2.1 > 192.0.2.2: ip-proto-253 1")]
    [InlineData("06" + "00" + "C0000201C0000202" + "0001", "IP 192.0.2.1 > 192.0.2.2: [|tcp]")]
    public void Packets_by_hand_read_as_they_should(string afterTimeToLive, string expected)
    {
        int length = 9 + (afterTimeToLive.Length / 2) + 1;
        byte[] packet = Convert.FromHexString("4500" + length.ToString("X4") + "00000000" + "40" + afterTimeToLive[..2] + "0000" + afterTimeToLive[4..]);

        Assert.Equal(expected, PacketText.Format(LinkType.Raw, packet, packet.Length));
    }

    [Fact]
    public void Nothing_that_a_terminal_obeys_comes_through()
    {
        byte[] http = [.. Convert.FromHexString("450000000000000040060000C0000201C0000202" + "040000500000000100000000501800010000" + "0000"), .. "GET /\u001b]0;x\u0007 HTTP/1.1\r\n"u8];
        string line = PacketText.Format(LinkType.Raw, http, http.Length);

        Assert.EndsWith("HTTP: GET /\\027]0;x\\007 HTTP/1.1", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
    }

    [Fact]
    public void A_line_that_does_not_fit_is_cut_and_says_so()
    {
        CapturedFrame frame = Captures.Own("http-any-sll2.pcap")[3];
        string whole = Text(frame);

        for (int room = 0; room <= whole.Length; room++)
        {
            char[] destination = new char[room];
            bool fits = PacketText.TryFormat(frame.LinkType, frame.Data, frame.WireLength, destination, out int written);

            Assert.Equal(room == whole.Length, fits);
            Assert.StartsWith(new string(destination, 0, written), whole, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Printing_a_capture_allocates_nothing()
    {
        IReadOnlyList<CapturedFrame> frames = Captures.Own("protocols.pcap");
        char[] room = new char[PacketText.UsualLength];
        long length = Print(frames, room);

        long again = 0;
        Assert.Equal(0, AllocationWatch.Least(() => again = Print(frames, room)));
        Assert.Equal(length, again);

        static long Print(IReadOnlyList<CapturedFrame> frames, char[] room)
        {
            long total = 0;
            for (int i = 0; i < frames.Count; i++)
            {
                total += PacketText.TryFormat(frames[i].LinkType, frames[i].Data, frames[i].WireLength, room, out int written) ? written : 0;
            }

            return total;
        }
    }

    [Fact]
    public void No_prefix_and_no_mutation_of_a_frame_throws_or_prints_controls()
    {
        var random = new Random(9);
        char[] room = new char[70_000];
        foreach (CapturedFrame frame in Captures.Own("protocols.pcap"))
        {
            for (int length = 0; length <= frame.Data.Length; length += length < 200 ? 1 : 37)
            {
                Check(frame.LinkType, frame.Data.AsSpan(0, length), frame.WireLength, room);
            }

            byte[] mutant = new byte[frame.Data.Length];
            for (int i = 0; i < 300; i++)
            {
                frame.Data.CopyTo(mutant, 0);
                for (int change = random.Next(1, 5); change > 0; change--)
                {
                    mutant[random.Next(Math.Min(mutant.Length, 120))] = (byte)random.Next(256);
                }

                Check(frame.LinkType, mutant, frame.WireLength, room);
            }
        }
    }

    [Fact]
    public void Captures_of_others_are_printed_whole_cut_and_mutated_without_a_throw()
    {
        var random = new Random(10);
        char[] room = new char[70_000];
        int frames = 0;
        foreach (string path in Captures.Foreign())
        {
            foreach (CapturedFrame frame in Captures.Read(path).Take(200))
            {
                frames++;
                Check(frame.LinkType, frame.Data, frame.WireLength, room);
                for (int i = 0; i < 5; i++)
                {
                    Check(frame.LinkType, frame.Data.AsSpan(0, random.Next(frame.Data.Length + 1)), frame.WireLength, room);
                }

                for (int i = 0; i < 5 && frame.Data.Length > 0; i++)
                {
                    frame.Data[random.Next(Math.Min(frame.Data.Length, 100))] ^= (byte)random.Next(256);
                    Check(frame.LinkType, frame.Data, frame.WireLength, room);
                    Check(LinkType.Raw, frame.Data, frame.WireLength, room);
                }
            }
        }

        Assert.InRange(frames, 1000, int.MaxValue);
    }

    private static void Check(LinkType type, ReadOnlySpan<byte> frame, int wireLength, char[] room)
    {
        Assert.True(PacketText.TryFormat(type, frame, wireLength, room, out int length));
        Assert.InRange(length, 1, room.Length);
        Assert.DoesNotContain(room.AsSpan(0, length).ToArray(), char.IsControl);
    }

    private static string Text(CapturedFrame frame)
    {
        var output = new ArrayBufferWriter<char>();
        PacketText.Write(frame.LinkType, frame.Data, frame.WireLength, output);
        return output.WrittenSpan.ToString();
    }

    // What tcpdump spreads over lines stands on one here: the frame within VXLAN; and it prints unknown payloads as bytes.
    private static string[] Expected(string name)
    {
        var lines = new List<string>();
        foreach (string line in Captures.OwnText(name).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('\t'))
            {
                continue;
            }

            if (lines.Count > 0 && lines[^1].Contains("VXLAN", StringComparison.Ordinal) && !lines[^1].Contains("vni 42:", StringComparison.Ordinal))
            {
                lines[^1] += ": " + line.TrimEnd();
            }
            else
            {
                lines.Add(line.TrimEnd());
            }
        }

        return [.. lines];
    }
}
