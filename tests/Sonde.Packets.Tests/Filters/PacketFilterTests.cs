using Sonde.Packets.Filters;
using Sonde.Testing;

namespace Sonde.Packets.Tests.Filters;

public sealed class PacketFilterTests
{
    [Theory]
    [InlineData("tcp port", 8)]
    [InlineData("tcp port 80 and", 15)]
    [InlineData("host somewhere", 5)]
    [InlineData("port 70000", 5)]
    [InlineData("net 10.1.2.3/8", 4)]
    [InlineData("(tcp", 4)]
    [InlineData("tcp ~ udp", 4)]
    [InlineData("ip[0:3] = 1", 5)]
    [InlineData("vlan 5000", 0)]
    public void An_error_points_at_the_character(string expression, int position)
    {
        Assert.False(PacketFilter.TryCompile(expression, LinkType.Ethernet, out _, out PacketFilterException? error));
        Assert.Equal(position, error.Position);
        string[] lines = error.Message.Split('\n');
        Assert.Equal("  " + expression, lines[1]);
        Assert.Equal(position + 2, lines[2].IndexOf('^', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("host", " or ")]
    [InlineData("not host", " and ")]
    public void Hundreds_of_hosts_compile_to_as_few_instructions_as_in_libpcap(string word, string joint)
    {
        string expression = string.Join(joint, Enumerable.Range(0, 400).Select(i => $"{word} 10.0.{i / 200}.{i % 200}"));

        PacketFilter filter = PacketFilter.Compile(expression, LinkType.Ethernet);

        // How long that takes is measured in bench/; libpcap needs five seconds.
        Assert.Equal(2159, filter.Program.Length);
    }

    [Fact]
    public void Protochain_is_refused_with_the_reason()
    {
        PacketFilterException refused = Assert.Throws<PacketFilterException>(() => PacketFilter.Compile("ip protochain 6", LinkType.Ethernet));

        Assert.Equal("'protochain' needs a loop, which no kernel runs: test the header you expect with 'proto'", refused.Problem);
        Assert.Equal(3, refused.Position);
    }

    [Fact]
    public void A_program_prints_as_tcpdump_prints_it() => Assert.Equal(
        """
        (000) ldh      [12]
        (001) jeq      #0x806           jt 2	jf 3
        (002) ret      #262144
        (003) ret      #0
        """.ReplaceLineEndings("\n"),
        PacketFilter.Compile("arp", LinkType.Ethernet).ToString());

    [Theory]
    [InlineData(LinkType.Null, 10, "0A000000")] // as libpcap of Linux has it
    [InlineData(LinkType.Null, 30, "1E000000")] // macOS
    [InlineData(LinkType.Loop, 10, "0000000A")]
    [InlineData(LinkType.Loop, 24, "00000018")] // OpenBSD
    public void IPv6_behind_an_address_family_has_the_number_of_the_capturing_system(LinkType type, uint family, string head)
    {
        byte[] frame = [.. Convert.FromHexString(head), 0x60, .. new byte[39]];
        PacketFilterOptions told = new() { IPv6Family = family };

        Assert.True(PacketFilter.Compile("ip6", type, told).Matches(frame, frame.Length));
        Assert.False(PacketFilter.Compile("ip6", type, told with { IPv6Family = family + 1 }).Matches(frame, frame.Length));
    }

    [Fact]
    public void Matching_allocates_nothing()
    {
        PacketFilter filter = PacketFilter.Compile("tcp port 80 or vlan 5 or ip6 host ::1", LinkType.Ethernet);
        byte[] frame = new byte[60];
        bool matched = filter.Matches(frame, frame.Length);
        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            for (int round = 0; round < 1000; round++)
            {
                matched |= filter.Matches(frame, frame.Length);
            }
        }));
        Assert.False(matched);
    }

    [Fact]
    public void A_tag_beside_the_frame_or_in_it_matches_when_tags_come_as_metadata()
    {
        PacketFilter filter = PacketFilter.Compile("vlan 5 and arp", LinkType.Ethernet, new PacketFilterOptions { VlanInMetadata = true });
        byte[] plain = Convert.FromHexString("FFFFFFFFFFFF001122334455" + "0806" + "00010800");
        byte[] tagged = Convert.FromHexString("FFFFFFFFFFFF001122334455" + "81002005" + "0806" + "00010800");

        Assert.True(BpfProgram.IsValid(filter.Program), filter.ToString());
        Assert.True(filter.Matches(plain, plain.Length, new PacketMetadata(HasVlanTag: true, VlanTag: 0x2005)), filter.ToString());
        Assert.False(filter.Matches(plain, plain.Length, new PacketMetadata(HasVlanTag: true, VlanTag: 6)));
        Assert.False(filter.Matches(plain, plain.Length));
        Assert.True(filter.Matches(tagged, tagged.Length), filter.ToString());
    }

    [Fact]
    public void Distances_beyond_255_instructions_go_over_long_jumps()
    {
        string expression = string.Join(" or ", Enumerable.Range(0, 150).Select(static part => $"ip6 host 2001:db8::{part + 1:x}"));
        PacketFilter filter = PacketFilter.Compile(expression, LinkType.Ethernet);

        Assert.True(filter.Program.Length > 300);
        Assert.True(BpfProgram.IsValid(filter.Program));
        byte[] frame = Convert.FromHexString(
            "FFFFFFFFFFFF001122334455" + "86DD" + "6000000000203AFF" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000000096");
        Assert.True(filter.Matches(frame, frame.Length));
        frame[^1] = 0x97;
        frame[^17] = 0xFF;
        Assert.False(filter.Matches(frame, frame.Length));
    }

    [Fact]
    public void Nesting_and_size_are_bounded()
    {
        Assert.False(PacketFilter.TryCompile(new string('(', 100_000), LinkType.Ethernet, out _, out _));
        Assert.False(PacketFilter.TryCompile(string.Concat(Enumerable.Repeat("not ", 100_000)) + "tcp", LinkType.Ethernet, out _, out _));
        Assert.False(PacketFilter.TryCompile(string.Join(" or ", Enumerable.Repeat("port 80", 5_000)), LinkType.Ethernet, out _, out _));
    }

    [Fact]
    public void Random_words_compile_or_are_refused_with_the_typed_error()
    {
        string[] words =
        [
            "tcp", "udp", "ip", "ip6", "arp", "vlan", "mpls", "pppoes", "host", "net", "port", "src", "dst", "and", "or", "not", "(", ")", "[", "]", ":", "10.0.0.1",
            "::1", "80", "0x10", "00:11:22:33:44:55", "len", "=", "!=", "<", ">", "&", "|", "+", "-", "*", "/", "%", "1", "2", "4", "\\tcp", "proto", "ether", "icmp", "#", "mask",
        ];
        Random random = new(7);
        int compiled = 0;
        for (int round = 0; round < 20_000; round++)
        {
            string expression = string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => words[random.Next(words.Length)]));
            if (PacketFilter.TryCompile(expression, (LinkType)(round % 2 == 0 ? 1 : 113), out PacketFilter? filter, out PacketFilterException? error))
            {
                compiled++;
                Assert.True(BpfProgram.IsValid(filter.Program), expression);
            }
            else
            {
                Assert.InRange(error.Position, 0, expression.Length);
            }
        }

        Assert.True(compiled > 100);
    }

    [Fact]
    public void No_program_and_no_frame_makes_the_interpreter_throw()
    {
        Random random = new(11);
        int[] codes = [0x00, 0x01, 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x60, 0x61, 0x80, 0x81, 0xB1, 0x02, 0x03, 0x04, 0x0C, 0x34, 0x3C, 0x94, 0x9C, 0x6C, 0x84, 0x05, 0x15, 0x1D, 0x25, 0x35, 0x45, 0x06, 0x16, 0x07, 0x87];
        int valid = 0;
        byte[] frame = new byte[64];
        for (int round = 0; round < 50_000; round++)
        {
            BpfInstruction[] program = new BpfInstruction[random.Next(1, 8)];
            for (int at = 0; at < program.Length; at++)
            {
                uint k = random.Next(3) == 0 ? (uint)random.NextInt64(uint.MaxValue) : (uint)random.Next(16);
                int code = random.Next(10) == 0 ? random.Next(65536) : codes[random.Next(codes.Length)];
                program[at] = new BpfInstruction((ushort)code, (byte)random.Next(4), (byte)random.Next(4), k);
            }

            random.NextBytes(frame);
            valid += BpfProgram.IsValid(program) ? 1 : 0;
            BpfProgram.Run(program, frame.AsSpan(0, random.Next(65)), random.Next());
        }

        Assert.True(valid > 100);
    }
}
