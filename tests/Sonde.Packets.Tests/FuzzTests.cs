using Sonde.Packets.Applications;
using Sonde.Packets.Filters;
using Sonde.Packets.Tests.Applications;
using Sonde.Testing;

namespace Sonde.Packets.Tests;

/// <summary>Mutated frames and filters through everything that reads them. Longer by command: <c>./test fuzz --minutes 30</c>.</summary>
public sealed class FuzzTests
{
    // What the language knows, and some of what it does not.
    private static readonly string[] s_words =
    [
        .. "ip ip6 arp rarp tcp udp sctp icmp icmp6 igmp ether link vlan mpls pppoes pppoed geneve llc isis l1 snp iso stp ipx atalk host net port portrange".Split(' '),
        .. "proto protochain gateway mask src dst and or not ( ) [ ] : + - * / % & | ^ << >> = != < > <= >= ! && || len less greater byte broadcast".Split(' '),
        .. "multicast inbound outbound ifindex 0 1 5 6 12 80 65535 65536 4294967295 4294967296 0x10 017 10.0.0.1 10.0.0.0/8 1.2 300.1.1.1 ::1".Split(' '),
        .. @"fe80::/10 2001:db8:::1 1:2:3:4:5:6 domain http 6000-6008 tcpflags tcp-syn icmp-echo 	cp \ i ui rnr ! é".Split(' '),
        "", "tcp[", "ip[0] &", "port (80 or", "((((((((", "- - - -", new string('9', 40), new string('a', 300),
    ];

    [Fact]
    public void Mutated_frames_and_payloads_neither_throw_nor_leave_their_bytes()
    {
        var run = new FuzzRun(30_000);
        List<CapturedFrame> frames = [.. Captures.Own("protocols.pcap"), .. Captures.Own("http-any-sll2.pcap"), .. Captures.Own("vxlan-any-sll.pcap")];
        byte[] quic = [.. Convert.FromHexString("6000000000001140" + new string('0', 64) + "040001BB00000000"), .. QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 300, 0)];
        frames.Add(new CapturedFrame(LinkType.Raw, quic, quic.Length));
        char[] room = new char[70_000];

        while (run.Next())
        {
            CapturedFrame frame = frames[run.Random.Next(frames.Count)];
            byte[] mutant = run.Mutate(frame.Data);
            try
            {
                Read(frame.LinkType, mutant, run.Random.Next(70_000), room);
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"Round {run.Round} of seed {run.Seed}, {frame.LinkType} {Convert.ToHexString(mutant)}: {e}");
            }
        }
    }

    [Fact]
    public void Filters_of_any_words_compile_to_valid_programs_or_are_refused_with_a_place()
    {
        var run = new FuzzRun(15_000);
        byte[][] frames = [.. Captures.Own("protocols.pcap").Select(static frame => frame.Data)];
        LinkType[] types = [LinkType.Ethernet, LinkType.Raw, LinkType.Null, LinkType.LinuxSll, LinkType.LinuxSll2, LinkType.IPv6, (LinkType)105];
        while (run.Next())
        {
            string expression = Expression(run.Random);
            LinkType type = types[run.Random.Next(types.Length)];
            var options = new PacketFilterOptions { VlanInMetadata = run.Random.Next(2) == 0, Optimize = run.Random.Next(4) > 0 };
            try
            {
                if (PacketFilter.TryCompile(expression, type, out PacketFilter? filter, out PacketFilterException? refused, options))
                {
                    Assert.True(BpfProgram.IsValid(filter.Program), expression);
                    byte[] frame = frames[run.Random.Next(frames.Length)];
                    _ = filter.Matches(frame.AsSpan(0, run.Random.Next(frame.Length + 1)), frame.Length);
                }
                else
                {
                    Assert.InRange(refused.Position, 0, expression.Length);
                    Assert.NotEqual(string.Empty, refused.Problem);
                }
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"Round {run.Round} of seed {run.Seed}, {type} '{expression}': {e}");
            }
        }
    }

    private static string Expression(Random random)
    {
        var words = new List<string>();
        for (int left = random.Next(1, 14); left > 0; left--)
        {
            words.Add(s_words[random.Next(s_words.Length)]);
        }

        return string.Join(random.Next(8) == 0 ? string.Empty : " ", words);
    }

    private static void Read(LinkType type, byte[] frame, int wireLength, char[] room)
    {
        bool read = PacketSummary.TryRead(type, frame, wireLength, out PacketSummary summary);
        Assert.Equal(read, summary.Depth >= PacketDepth.Network);
        ReadOnlySpan<byte> payload = summary.PayloadOf(frame);
        Assert.True(PacketText.TryFormat(type, frame, wireLength, room, out int length));
        Assert.DoesNotContain(new string(room, 0, length), char.IsControl);

        if (DnsMessage.TryParse(payload, out DnsMessage dns, out _))
        {
            foreach (DnsRecord record in dns.Records)
            {
                Assert.True(record.TryFormatData(room, out _));
                _ = record.Name.ToString();
            }
        }

        if (TlsClientHello.TryParse(payload, out TlsClientHello hello, out _) || TlsClientHello.TryParseHandshake(payload, out hello, out _))
        {
            Assert.InRange(hello.ServerName.Length, 0, 255);
        }

        if (QuicInitial.TryDecrypt(payload, out QuicInitial? initial, out _))
        {
            Assert.InRange(initial.ServerName.Length, 0, 255);
        }

        _ = HttpRequestHead.TryParse(payload, out _, out _);
        _ = SshBanner.TryParse(payload, out _, out _);
        if (DhcpMessage.TryParse(payload, out DhcpMessage dhcp, out _))
        {
            Assert.InRange(dhcp.HostName.Length, 0, 255);
        }
    }
}
