using System.Globalization;
using Sonde.Packets.Applications;
using Sonde.Packets.Tests.Applications;

namespace Sonde.Packets.Tests;

/// <summary>Mutated frames through everything that reads them. Longer by command: SONDE_FUZZ_ITERATIONS=10000000, other ways by SONDE_FUZZ_SEED.</summary>
public sealed class FuzzTests
{
    private static readonly int s_iterations = Setting("SONDE_FUZZ_ITERATIONS", 30_000);
    private static readonly int s_seed = Setting("SONDE_FUZZ_SEED", 13);

    [Fact]
    public void Mutated_frames_and_payloads_neither_throw_nor_leave_their_bytes()
    {
        var random = new Random(s_seed);
        List<CapturedFrame> frames = [.. Captures.Own("protocols.pcap"), .. Captures.Own("http-any-sll2.pcap"), .. Captures.Own("vxlan-any-sll.pcap")];
        byte[] quic = [.. Convert.FromHexString("6000000000001140" + new string('0', 64) + "040001BB00000000"), .. QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 300, 0)];
        frames.Add(new CapturedFrame(LinkType.Raw, quic, quic.Length));
        char[] room = new char[70_000];

        for (int i = 0; i < s_iterations; i++)
        {
            CapturedFrame frame = frames[random.Next(frames.Count)];
            byte[] mutant = Mutate(random, frame.Data);
            try
            {
                Read(frame.LinkType, mutant, random.Next(70_000), room);
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"Iteration {i} of seed {s_seed}, {frame.LinkType} {Convert.ToHexString(mutant)}: {e}");
            }
        }
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

    // A few bytes changed, a stretch repeated or dropped, the end cut off.
    private static byte[] Mutate(Random random, byte[] source)
    {
        var bytes = new List<byte>(source);
        for (int change = random.Next(1, 6); change > 0 && bytes.Count > 0; change--)
        {
            int at = random.Next(bytes.Count);
            int length = random.Next(Math.Min(16, bytes.Count - at));
            switch (random.Next(6))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes[at] = (byte)(random.Next(2) * 255);
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int told) ? told : usual;
}
