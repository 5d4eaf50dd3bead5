using System.Buffers.Binary;
using Sonde.Packets.Applications;

namespace Sonde.Packets.Tests.Applications;

public sealed class QuicInitialTests
{
    [Fact]
    public void The_sealer_of_these_tests_makes_the_packets_that_the_RFCs_print()
    {
        string one = Convert.ToHexStringLower(QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 1162, 2));
        Assert.StartsWith("c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9bd8bab936b47d92ec356c", one, StringComparison.Ordinal);
        Assert.EndsWith("e221af44860018ab0856972e194cd934", one, StringComparison.Ordinal);

        string two = Convert.ToHexStringLower(QuicSealer.Version2.Seal(QuicSealer.CryptoFrame, 1162, 2));
        Assert.StartsWith("d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de806071bf03dceebfa162e75d6c", two, StringComparison.Ordinal);
        Assert.EndsWith("a18b2faa745b6fe189cf772a9f84cbfc", two, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_client_packets_of_RFC_9001_and_9369_tell_the_server_and_the_protocol(int version)
    {
        QuicSealer sealer = version == 1 ? QuicSealer.Version1 : QuicSealer.Version2;
        byte[] datagram = sealer.Seal(QuicSealer.CryptoFrame, 1162, 2);
        Assert.Equal(1200, datagram.Length);

        Assert.True(QuicInitial.IsCandidate(datagram));
        Assert.True(QuicInitial.TryDecrypt(datagram, out QuicInitial? initial, out PacketDefect defect));
        Assert.Equal(PacketDefect.None, defect);
        Assert.Equal("example.com", initial.ServerName);
        Assert.Equal(["alpn"], initial.ApplicationProtocols);
        Assert.Equal(sealer.Version, initial.Version);
        Assert.Equal("8394C8F03E515708", Convert.ToHexString(initial.DestinationConnectionId.Span));
        Assert.Equal(0, initial.SourceConnectionId.Length);
        Assert.True(initial.IsComplete);
        Assert.Equal(1, initial.PacketCount);
    }

    [Fact]
    public void A_hello_in_shuffled_pieces_over_two_packets_is_put_in_order()
    {
        byte[] hello = QuicSealer.Hello.ToArray();
        byte[] first = [.. Frame(hello, 200, 41), 1, .. Frame(hello, 0, 30), 0, 0, .. Frame(hello, 90, 60)];
        byte[] second = [2, 0, 0, 0, 0, .. Frame(hello, 150, 50), .. Frame(hello, 25, 65)];
        byte[] datagram = [.. QuicSealer.Version1.Seal(first, 400, 0), .. QuicSealer.Version1.Seal(second, 700, 1)];

        Assert.True(QuicInitial.TryDecrypt(datagram, out QuicInitial? initial, out _));
        Assert.Equal("example.com", initial.ServerName);
        Assert.Equal(2, initial.PacketCount);
        Assert.True(initial.IsComplete);
    }

    [Fact]
    public void A_hello_that_ends_in_another_datagram_tells_what_this_one_holds()
    {
        byte[] hello = QuicSealer.Hello.ToArray();

        Assert.True(QuicInitial.TryDecrypt(QuicSealer.Version1.Seal(Frame(hello, 0, 100), 300, 0), out QuicInitial? initial, out _));
        Assert.Equal("example.com", initial.ServerName);
        Assert.False(initial.IsComplete);

        Assert.False(QuicInitial.TryDecrypt(QuicSealer.Version1.Seal(Frame(hello, 100, 141), 300, 1), out _, out PacketDefect defect));
        Assert.Equal(PacketDefect.Truncated, defect);
    }

    [Fact]
    public void One_changed_bit_anywhere_keeps_the_packet_shut_or_makes_it_another()
    {
        byte[] datagram = QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 300, 2);
        for (int at = 0; at < datagram.Length; at++)
        {
            datagram[at] ^= 0x10;
            Assert.False(QuicInitial.TryDecrypt(datagram, out _, out PacketDefect defect));
            Assert.NotEqual(PacketDefect.None, defect);
            datagram[at] ^= 0x10;
        }
    }

    [Fact]
    public void No_prefix_decrypts()
    {
        byte[] datagram = QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 300, 2);
        for (int length = 0; length < datagram.Length; length++)
        {
            Assert.False(QuicInitial.TryDecrypt(datagram.AsSpan(0, length), out _, out _));
        }
    }

    [Theory]
    [InlineData("06FFFFFFFFFFFFFFFF01", "offset beyond any stream")]
    [InlineData("0600FFFFFFFFFFFFFFFF", "length beyond the packet")]
    [InlineData("02000000BFFFFFFF", "acknowledgement of a billion ranges")]
    [InlineData("0200007FFF", "acknowledgement that is cut")]
    [InlineData("1C0000BFFFFFFF", "reason beyond the packet")]
    [InlineData("08", "a stream, which no Initial packet has")]
    [InlineData("", "nothing but padding")]
    public void Lies_in_frames_are_no_hello(string frames, string why)
    {
        byte[] bytes = Convert.FromHexString(frames);

        Assert.False(QuicInitial.TryDecrypt(QuicSealer.Version1.Seal(bytes, Math.Max(bytes.Length, 4), 0), out _, out PacketDefect defect), why);
        Assert.NotEqual(PacketDefect.None, defect);
    }

    [Fact]
    public void A_hello_over_two_datagrams_in_any_order_is_put_together()
    {
        byte[] hello = QuicSealer.Hello.ToArray();
        byte[] head = QuicSealer.Version1.Seal(Frame(hello, 0, 50), 300, 0);
        byte[] tail = QuicSealer.Version1.Seal(Frame(hello, 50, 191), 300, 1);
        var inOrder = new QuicClientHello();
        var turned = new QuicClientHello();

        Assert.True(inOrder.TryAdd(head, out _));
        Assert.Equal((string.Empty, false), (inOrder.ServerName, inOrder.IsComplete));
        Assert.True(inOrder.TryAdd(tail, out _));
        Assert.True(turned.TryAdd(tail, out _));
        Assert.True(turned.TryAdd(head, out _));

        Assert.Equal(("example.com", true, 2), (inOrder.ServerName, inOrder.IsComplete, inOrder.DatagramCount));
        Assert.Equal(("example.com", true, 2), (turned.ServerName, turned.IsComplete, turned.DatagramCount));
    }

    [Fact]
    public void A_datagram_of_another_connection_or_that_does_not_decrypt_gives_no_piece()
    {
        byte[] hello = QuicSealer.Hello.ToArray();
        byte[] damaged = QuicSealer.Version1.Seal(Frame(hello, 50, 191), 300, 1);
        damaged[100] ^= 1;
        var one = new QuicClientHello();
        Assert.True(one.TryAdd(QuicSealer.Version1.Seal(Frame(hello, 0, 50), 300, 0), out _));

        Assert.False(one.TryAdd(damaged, out PacketDefect shut));
        Assert.False(one.TryAdd(QuicSealer.Version2.Seal(Frame(hello, 50, 191), 300, 1), out PacketDefect other));

        Assert.Equal((PacketDefect.Malformed, PacketDefect.Unsupported), (shut, other));
        Assert.Equal((1, false), (one.DatagramCount, one.IsComplete));
    }

    private static byte[] Frame(ReadOnlySpan<byte> hello, int offset, int length)
    {
        byte[] frame = new byte[5 + length];
        frame[0] = 6;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)(0x4000 | offset));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(3), (ushort)(0x4000 | length));
        hello.Slice(offset, length).CopyTo(frame.AsSpan(5));
        return frame;
    }
}
