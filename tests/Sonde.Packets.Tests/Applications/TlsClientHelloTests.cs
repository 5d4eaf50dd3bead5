using System.Text;
using Sonde.Packets.Applications;
using Sonde.Testing;

namespace Sonde.Packets.Tests.Applications;

public sealed class TlsClientHelloTests
{
    private static readonly byte[] s_record = [22, 3, 1, 0, (byte)QuicSealer.Hello.Length, .. QuicSealer.Hello];

    [Fact]
    public void A_record_tells_server_protocols_and_version()
    {
        Assert.True(TlsClientHello.TryParse(s_record, out TlsClientHello hello, out _));

        Assert.Equal("example.com", hello.GetServerName());
        Assert.Equal(["alpn"], Names(hello));
        Assert.Equal(0x0304, hello.Version);
        Assert.True(hello.IsComplete);
        Assert.False(hello.HasEncryptedHello);
    }

    [Fact]
    public void A_hello_cut_by_the_capture_tells_what_it_reached()
    {
        int named = 0;
        for (int length = 0; length < s_record.Length; length++)
        {
            bool parsed = TlsClientHello.TryParse(s_record.AsSpan(0, length), out TlsClientHello hello, out PacketDefect defect);
            Assert.Equal(length >= 44, parsed);
            Assert.Equal(parsed ? PacketDefect.None : PacketDefect.Truncated, defect);
            Assert.False(parsed && hello.IsComplete);
            named += parsed && hello.GetServerName() == "example.com" ? 1 : 0;
        }

        int nameEnd = s_record.AsSpan().IndexOf("example.com"u8) + 11;
        Assert.Equal(s_record.Length - nameEnd, named);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", PacketDefect.Unsupported)]
    [InlineData("\u0016\u0002\u0001\0\u0001\u0001", PacketDefect.BadVersion)]
    [InlineData("", PacketDefect.Truncated)]
    public void Other_bytes_are_refused(string bytes, PacketDefect expected)
    {
        Assert.False(TlsClientHello.TryParse(Encoding.Latin1.GetBytes(bytes), out _, out PacketDefect defect));
        Assert.Equal(expected, defect);
    }

    [Fact]
    public void A_name_with_control_characters_is_no_name()
    {
        byte[] record = [.. s_record];
        record[s_record.AsSpan().IndexOf("example"u8)] = 0x1B;

        Assert.True(TlsClientHello.TryParse(record, out TlsClientHello hello, out _));
        Assert.True(hello.ServerName.IsEmpty);
    }

    [Fact]
    public void No_mutation_makes_it_throw_or_loop()
    {
        var random = new Random(6);
        byte[] mutant = new byte[s_record.Length];
        for (int i = 0; i < 50_000; i++)
        {
            s_record.CopyTo(mutant, 0);
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            if (TlsClientHello.TryParse(mutant, out TlsClientHello hello, out _))
            {
                Assert.InRange(Names(hello).Count, 0, mutant.Length);
                Assert.InRange(hello.ServerName.Length, 0, 255);
            }
        }
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        int length = Read();

        Assert.Equal(0, AllocationWatch.Least(() => length = Read()));
        Assert.Equal(11, length);

        static int Read() => TlsClientHello.TryParse(s_record, out TlsClientHello hello, out _) ? hello.ServerName.Length : 0;
    }

    private static List<string> Names(TlsClientHello hello)
    {
        var names = new List<string>();
        foreach (ReadOnlySpan<byte> name in hello.ApplicationProtocols)
        {
            names.Add(Encoding.Latin1.GetString(name));
        }

        return names;
    }
}
