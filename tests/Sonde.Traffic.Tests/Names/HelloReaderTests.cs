using System.Text;
using Sonde.Packets;
using Sonde.Packets.Filters;
using Sonde.Packets.Tests.Applications;
using Sonde.Testing;
using Sonde.Traffic.Names;
using Sonde.Traffic.Tests.Dns;
using Sonde.Traffic.Tests.Wire;

namespace Sonde.Traffic.Tests.Names;

public sealed class HelloReaderTests
{
    private const string Client = "10.0.0.1";
    private const string Server = "192.0.2.7";
    private const int Port = 40_000;

    private readonly ManualTime _time = new();
    private readonly HelloTable _names;
    private readonly HelloReader _reader;

    public HelloReaderTests()
    {
        _names = new HelloTable(8, _time);
        _reader = new HelloReader(_names, _time);
    }

    [Fact]
    public void The_name_that_a_client_of_TLS_asks_for_stands_at_its_connection_from_both_ends()
    {
        Assert.True(Pass(Tls(Record("shop.test"))));

        Assert.Equal(("shop.test", true), Find(TestPackets.Key(Client, Port, Server, 443)));
        Assert.Equal(("shop.test", false), Find(TestPackets.Key(Server, 443, Client, Port)));
        Assert.Null(Find(TestPackets.Key(Client, Port + 1, Server, 443)));
        Assert.All(Losses(), static loss => Assert.Equal(0, loss.Count));
    }

    [Fact]
    public void The_name_in_the_hello_of_QUIC_counts_as_well_and_the_answer_of_its_server_is_no_hello()
    {
        byte[] hello = QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 1162, 2);

        Assert.True(Pass(TestDns.Udp(Client, Port, Server, 443, hello)));
        Assert.True(Pass(TestDns.Udp(Server, 443, Client, Port, QuicSealer.Version2.Seal(QuicSealer.CryptoFrame, 1162, 2))));

        Assert.Equal(("example.com", true), Find(TestPackets.Key(Client, Port, Server, 443, IPProtocol.Udp)));
        Assert.Equal(1, _names.FillLevel.Used);
        Assert.All(Losses(), static loss => Assert.Equal(0, loss.Count));
    }

    [Fact]
    public void A_hello_of_QUIC_over_two_datagrams_is_put_together()
    {
        byte[] hello = QuicSealer.Hello.ToArray();

        Pass(TestDns.Udp(Client, Port, Server, 443, QuicSealer.Version1.Seal(Crypto(hello, 50, 191), 300, 1)));
        Assert.Null(Find(TestPackets.Key(Client, Port, Server, 443, IPProtocol.Udp)));
        Pass(TestDns.Udp(Client, Port, Server, 443, QuicSealer.Version1.Seal(Crypto(hello, 0, 50), 300, 0)));

        Assert.Equal(("example.com", true), Find(TestPackets.Key(Client, Port, Server, 443, IPProtocol.Udp)));
        Assert.Equal(0, Loss("not seen"));
    }

    [Fact]
    public void A_hello_whose_name_is_in_the_next_segment_is_counted_as_one_that_was_not_read()
    {
        byte[] record = Record("shop.test");
        int before = record.AsSpan().IndexOf("shop.test"u8);

        Pass(Tls(record[..before]));

        Assert.Equal((1L, 0L), (Loss("not seen"), _names.FillLevel.Used));
    }

    [Fact]
    public void Unfinished_hellos_and_datagrams_that_are_no_hellos_take_no_more_than_their_room()
    {
        byte[] tail = QuicSealer.Version1.Seal(Crypto(QuicSealer.Hello.ToArray(), 50, 191), 300, 1);
        byte[] shut = [.. tail];
        shut[200] ^= 1;
        for (int port = 1; port <= 1000; port++)
        {
            Pass(TestDns.Udp(Client, port, Server, 443, tail));
            Pass(TestDns.Udp(Client, port, "192.0.2.8", 443, shut));
        }

        // In one second 300 are decrypted: half of them are beginnings of which 64 may wait, half do not decrypt.
        Assert.Equal((150L - 64, 150L, 1700L), (Loss("not seen"), Loss("do not decrypt"), Loss("a second")));

        _time.Advance(TimeSpan.FromSeconds(2));
        Pass(TestDns.Udp(Client, 2000, Server, 443, QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 1162, 2)));
        Assert.Equal(("example.com", true), Find(TestPackets.Key(Client, 2000, Server, 443, IPProtocol.Udp)));
    }

    [Fact]
    public void A_hostile_name_is_none_and_the_table_of_names_stays_as_large_as_it_is()
    {
        Pass(Tls(Record("evil\e[2Jtest")));
        Pass(Tls(Record(new string('x', 256))));
        Assert.Equal(0, _names.FillLevel.Used);

        for (int at = 0; at < 20; at++)
        {
            Pass(Tls(Record($"n{at}.test"), Port + at));
        }

        Assert.Equal(new FillLevel("names in hellos", 8, 8, 12), _names.FillLevel);
        Assert.Equal(("n19.test", true), Find(TestPackets.Key(Client, Port + 19, Server, 443)));
        Assert.Null(Find(TestPackets.Key(Client, Port, Server, 443)));
    }

    [Fact]
    public void A_name_of_an_earlier_connection_of_the_same_endpoints_is_not_taken_for_a_later_one()
    {
        Pass(Tls(Record("old.test")));
        _time.Advance(TimeSpan.FromMinutes(1));
        long laterBegan = _time.GetTimestamp();

        Assert.False(_names.TryFind(TestPackets.Key(Client, Port, Server, 443), laterBegan, out _, out _));
        Pass(Tls(Record("new.test")));
        Assert.True(_names.TryFind(TestPackets.Key(Client, Port, Server, 443), laterBegan, out string name, out _));
        Assert.Equal("new.test", name);

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.NotNull(Find(TestPackets.Key(Client, Port, Server, 443)));
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.NotNull(Find(TestPackets.Key(Client, Port, Server, 443))); // asked for meanwhile
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Null(Find(TestPackets.Key(Client, Port, Server, 443)));
    }

    [Fact]
    public void What_is_no_hello_and_a_hello_again_allocate_nothing()
    {
        byte[] hello = Tls(Record("shop.test"));
        byte[] data = Tls([23, 3, 3, 0, 100, .. new byte[100]]);
        byte[] datagram = TestDns.Udp(Client, Port, Server, 443, [0x41, .. new byte[100]]);
        void Work()
        {
            for (int round = 0; round < 100; round++)
            {
                Pass(hello);
                Pass(data);
                Pass(datagram);
            }
        }

        Work();
        Assert.Equal(0, AllocationWatch.Least(Work));
    }

    [Theory]
    [InlineData(LinkType.Raw)]
    [InlineData(LinkType.Ethernet)]
    [InlineData(LinkType.LinuxSll2)]
    public void The_kernel_is_asked_for_hellos_and_not_for_what_follows_them(LinkType link)
    {
        byte[] initial = QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 1162, 2);
        byte[] second = QuicSealer.Version2.Seal(QuicSealer.CryptoFrame, 1162, 2);
        byte[] record = Record("shop.test");
        byte[] withOptions = WithTimestamps(Tls(record));
        (string What, byte[] Packet, bool Passes)[] packets =
        [
            ("hello of TLS", Tls(record), true),
            ("hello of TLS with TCP options", withOptions, true),
            ("hello of TLS over IPv6", Over6(Tls(record)), true),
            ("hello of QUIC 1", TestDns.Udp(Client, Port, Server, 8443, initial), true),
            ("hello of QUIC 2", TestDns.Udp(Client, Port, Server, 443, second), true),
            ("hello of QUIC 1 over IPv6", Over6(TestDns.Udp(Client, Port, Server, 443, initial)), true),
            ("hello of QUIC 2 over IPv6", Over6(TestDns.Udp(Client, Port, Server, 443, second)), true),
            ("data of TLS", Tls([23, 3, 3, 0, 100, .. new byte[100]]), false),
            ("hello of a server", Tls([22, 3, 3, 0, 100, 2, .. new byte[100]]), false),
            ("data of TLS over IPv6", Over6(Tls([23, 3, 3, 0, 100, .. new byte[100]])), false),
            ("hello of a server over IPv6", Over6(Tls([22, 3, 3, 0, 100, 2, .. new byte[100]])), false),
            ("QUIC with its short header", TestDns.Udp(Client, Port, Server, 443, [0x41, 0, 0, 0, 1, .. new byte[50]]), false),
            ("QUIC handshake", TestDns.Udp(Client, Port, Server, 443, [0xE1, 0, 0, 0, 1, .. new byte[50]]), false),
            ("QUIC handshake over IPv6", Over6(TestDns.Udp(Client, Port, Server, 443, [0xE1, 0, 0, 0, 1, .. new byte[50]])), false),
            ("another protocol", TestDns.Udp(Client, Port, Server, 443, [0xC0, 0, 0, 0, 9, .. new byte[50]]), false),
            ("an empty segment", Tls([]), false),
        ];
        var filter = PacketFilter.Compile(HelloFilter.Text, link);

        Assert.All(packets, one => Assert.Equal((one.What, one.Passes), (one.What, Passes(filter, Linked(link, one.Packet)))));
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        byte[][] seeds = [Tls(Record("shop.test")), TestDns.Udp(Client, Port, Server, 443, QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 1162, 2))];
        var random = new Random(7);
        int read = 0;
        foreach (byte[] seed in seeds)
        {
            for (int round = 0; round < 3000; round++)
            {
                byte[] packet = seed.AsSpan(0, random.Next(1, seed.Length + 1)).ToArray();
                for (int changes = random.Next(4); changes > 0; changes--)
                {
                    packet[random.Next(packet.Length)] = (byte)random.Next(256);
                }

                _time.Advance(TimeSpan.FromSeconds(0.01));
                read += _reader.TryAdd(LinkType.Raw, packet, seed.Length) ? 1 : 0;
            }
        }

        Assert.True(read > 100, $"only {read} of the packets were taken for hellos at all");
    }

    private static byte[] Tls(byte[] payload, int port = Port) => TestDns.Tcp(Client, port, Server, 443, 1, payload);

    // A hello of TLS 1.2 with the server's name and one more extension behind it.
    private static byte[] Record(string name)
    {
        byte[] text = Encoding.Latin1.GetBytes(name);
        byte[] list = [0, .. Two(text.Length), .. text];
        byte[] extensions = [0, 0, .. Two(list.Length + 2), .. Two(list.Length), .. list, 0, 23, 0, 0];
        byte[] body = [3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, .. Two(extensions.Length), .. extensions];
        return [22, 3, 1, .. Two(body.Length + 4), 1, 0, .. Two(body.Length), .. body];
    }

    private static byte[] Crypto(byte[] hello, int offset, int length) =>
        [6, .. Two(0x4000 | offset), .. Two(0x4000 | length), .. hello.AsSpan(offset, length)];

    private static byte[] Two(int value) => [(byte)(value >> 8), (byte)value];

    // Twelve bytes of options before the payload.
    private static byte[] WithTimestamps(byte[] packet)
    {
        byte[] longer = [.. packet.AsSpan(0, 40), .. new byte[12], .. packet.AsSpan(40)];
        longer[32] = 8 << 4;
        Two(longer.Length).CopyTo(longer, 2);
        return longer;
    }

    private static byte[] Over6(byte[] packet) =>
        [0x60, 0, 0, 0, .. Two(packet.Length - 20), packet[9], 64, .. new byte[15], 1, .. new byte[15], 2, .. packet.AsSpan(20)];

    private static byte[] Linked(LinkType link, byte[] packet)
    {
        byte[] type = (packet[0] >> 4) == 4 ? [8, 0] : [0x86, 0xDD];
        return link switch
        {
            LinkType.Ethernet => [.. new byte[12], .. type, .. packet],
            LinkType.LinuxSll2 => [.. type, .. new byte[18], .. packet],
            _ => packet,
        };
    }

    private static bool Passes(PacketFilter filter, byte[] frame) => filter.Matches(frame, frame.Length);

    private bool Pass(byte[] packet) => _reader.TryAdd(LinkType.Raw, packet, packet.Length);

    private (string Name, bool IsClientLocal)? Find(FlowKey flow) => _names.TryFind(flow, long.MinValue, out string name, out bool isClientLocal) ? (name, isClientLocal) : null;

    private List<TrafficLoss> Losses()
    {
        var losses = new List<TrafficLoss>();
        _reader.Report(losses);
        return losses;
    }

    private long Loss(string part) => Assert.Single(Losses(), loss => loss.What.Contains(part, StringComparison.Ordinal)).Count;
}
