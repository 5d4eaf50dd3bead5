using System.Text;
using Sonde.Packets.Applications;

namespace Sonde.Packets.Tests.Applications;

public sealed class SmallProtocolTests
{
    private static readonly byte[] s_dhcp = MakeDhcp();

    [Fact]
    public void An_HTTP_request_names_its_host()
    {
        Assert.True(HttpRequestHead.TryParse("GET /a b HTTP/1.1\r\nAccept: */*\r\nhOsT:  example.com:8080 \r\nHost: other\r\n\r\nbody"u8, out HttpRequestHead head, out _));

        Assert.Equal(("GET", "/a b", "example.com:8080", true), (Text(head.Method), Text(head.Target), Text(head.Host), head.IsComplete));
    }

    [Fact]
    public void A_captured_request_names_its_host()
    {
        CapturedFrame frame = Captures.Own("http-any-sll2.pcap")[3];
        _ = PacketSummary.TryRead(frame.LinkType, frame.Data, frame.WireLength, out PacketSummary summary);

        Assert.True(HttpRequestHead.TryParse(summary.PayloadOf(frame.Data), out HttpRequestHead head, out _));
        Assert.Equal(("/none", "192.0.2.2:8080"), (Text(head.Target), Text(head.Host)));
    }

    [Theory]
    [InlineData("", PacketDefect.Unsupported)]
    [InlineData("get / HTTP/1.1\r\n", PacketDefect.Unsupported)]
    [InlineData("HTTP/1.1 200 OK\r\n", PacketDefect.Unsupported)]
    [InlineData("GET /", PacketDefect.Truncated)]
    [InlineData("GET /\r\n", PacketDefect.Unsupported)]
    public void What_is_no_HTTP_request_is_refused(string bytes, PacketDefect expected)
    {
        Assert.False(HttpRequestHead.TryParse(Encoding.Latin1.GetBytes(bytes), out _, out PacketDefect defect));
        Assert.Equal(expected, defect);
    }

    [Fact]
    public void A_host_field_that_is_cut_or_has_controls_is_no_host()
    {
        Assert.True(HttpRequestHead.TryParse("GET / HTTP/1.1\r\nHost: exam"u8, out HttpRequestHead cut, out _));
        Assert.True(cut.Host.IsEmpty);
        Assert.False(cut.IsComplete);

        Assert.True(HttpRequestHead.TryParse("GET / HTTP/1.1\r\nHost: a\u001b[2J\r\n\r\n"u8, out HttpRequestHead hostile, out _));
        Assert.True(hostile.Host.IsEmpty);
    }

    [Fact]
    public void An_SSH_banner_names_the_program()
    {
        Assert.True(SshBanner.TryParse("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"u8, out SshBanner banner, out _));

        Assert.Equal(("2.0", "OpenSSH_9.2p1", "Debian-2+deb12u3"), (Text(banner.ProtocolVersion), Text(banner.Software), Text(banner.Comment)));
    }

    [Theory]
    [InlineData("SSH-2.0-x", PacketDefect.Truncated)]
    [InlineData("SS", PacketDefect.Truncated)]
    [InlineData("SSH-2.0\n", PacketDefect.Malformed)]
    [InlineData("SSH-2.0-\u001b[2J\n", PacketDefect.Malformed)]
    [InlineData("HTTP", PacketDefect.Unsupported)]
    public void What_is_no_SSH_banner_is_refused(string bytes, PacketDefect expected)
    {
        Assert.False(SshBanner.TryParse(Encoding.Latin1.GetBytes(bytes), out _, out PacketDefect defect));
        Assert.Equal(expected, defect);
    }

    [Fact]
    public void An_NTP_message_tells_version_mode_and_time()
    {
        byte[] bytes = new byte[48];
        bytes[0] = 0x24;
        bytes[1] = 1;
        "GPS\0"u8.CopyTo(bytes.AsSpan(12));
        bytes[40] = 0xE5;

        Assert.True(NtpHeader.TryParse(bytes, out NtpHeader ntp, out _));
        Assert.Equal((0, 4, 4, 1, 0x47505300u, 0xE5UL << 56), (ntp.LeapIndicator, ntp.Version, ntp.Mode, ntp.Stratum, ntp.ReferenceId, ntp.TransmitTimestamp));
        Assert.False(NtpHeader.TryParse(bytes.AsSpan(0, 47), out _, out PacketDefect defect));
        Assert.Equal(PacketDefect.Truncated, defect);

        bytes[0] = 0x26;
        Assert.False(NtpHeader.TryParse(bytes, out _, out defect));
        Assert.Equal(PacketDefect.Unsupported, defect);
    }

    [Fact]
    public void A_DHCP_request_names_the_station_and_the_address_it_wants()
    {
        Assert.True(DhcpMessage.TryParse(s_dhcp, out DhcpMessage dhcp, out _));

        Assert.True(dhcp.IsRequest);
        Assert.Equal((3, 0xDEADBEEFu, MacAddress.Parse("02:fc:00:00:00:01")), (dhcp.MessageType, dhcp.TransactionId, dhcp.ClientHardware));
        Assert.Equal(("laptop", "laptop.example.com", "MSFT 5.0"), (Text(dhcp.HostName), Text(dhcp.QualifiedName), Text(dhcp.VendorClass)));
        Assert.True(dhcp.TryGetRequestedAddress(out InternetAddress address));
        Assert.Equal("192.0.2.50", address.ToString());
    }

    [Fact]
    public void A_DHCPv6_message_names_the_station_with_and_without_a_domain()
    {
        byte[] bytes = Convert.FromHexString("01ABCDEF" + "0027" + "0008" + "01" + "066C6170746F70");
        Assert.True(Dhcp6Message.TryParse(bytes, out Dhcp6Message dhcp, out _));
        Assert.Equal((1, 0xABCDEF), (dhcp.MessageType, dhcp.TransactionId));
        Assert.True(dhcp.TryGetQualifiedName(out DnsName name));
        Assert.Equal("laptop", name.ToString());

        bytes = Convert.FromHexString("01ABCDEF" + "0027" + "0009" + "01" + "066C6170746F7000");
        Assert.True(Dhcp6Message.TryParse(bytes, out dhcp, out _));
        Assert.True(dhcp.TryGetQualifiedName(out name));
        Assert.Equal("laptop", name.ToString());
    }

    [Fact]
    public void No_prefix_and_no_mutation_of_any_of_them_throws()
    {
        byte[][] samples =
        [
            s_dhcp,
            Convert.FromHexString("01ABCDEF" + "0027" + "0008" + "01" + "066C6170746F70"),
            [.. "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"u8],
            [.. "SSH-2.0-OpenSSH_9.2p1 Debian\r\n"u8],
            new byte[48],
        ];
        var random = new Random(8);
        foreach (byte[] sample in samples)
        {
            for (int length = 0; length <= sample.Length; length++)
            {
                ReadAll(sample.AsSpan(0, length));
            }

            byte[] mutant = new byte[sample.Length];
            for (int i = 0; i < 3000; i++)
            {
                sample.CopyTo(mutant, 0);
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
                ReadAll(mutant);
            }
        }
    }

    private static void ReadAll(ReadOnlySpan<byte> bytes)
    {
        if (DhcpMessage.TryParse(bytes, out DhcpMessage dhcp, out _))
        {
            int read = dhcp.HostName.Length + dhcp.QualifiedName.Length + dhcp.VendorClass.Length + (dhcp.TryGetRequestedAddress(out _) ? 4 : 0);
            Assert.InRange(read, 0, bytes.Length * 2);
        }

        if (Dhcp6Message.TryParse(bytes, out Dhcp6Message dhcp6, out _) && dhcp6.TryGetQualifiedName(out DnsName name))
        {
            Assert.InRange(name.ToString().Length, 0, DnsName.MaxTextLength);
        }

        if (HttpRequestHead.TryParse(bytes, out HttpRequestHead head, out _))
        {
            Assert.InRange(head.Host.Length + head.Target.Length + head.Method.Length, 0, bytes.Length);
        }

        if (SshBanner.TryParse(bytes, out SshBanner banner, out _))
        {
            Assert.InRange(banner.Software.Length + banner.Comment.Length, 0, bytes.Length);
        }

        if (NtpHeader.TryParse(bytes, out NtpHeader ntp, out _))
        {
            Assert.InRange(ntp.Version, 1, 4);
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static byte[] MakeDhcp()
    {
        byte[] fixedPart = new byte[236];
        Convert.FromHexString("01010600DEADBEEF").CopyTo(fixedPart, 0);
        Convert.FromHexString("02FC00000001").CopyTo(fixedPart, 28);
        return
        [
            .. fixedPart, 0x63, 0x82, 0x53, 0x63, 53, 1, 3, 0, 50, 4, 192, 0, 2, 50, 12, 6, .. "laptop"u8, 60, 8, .. "MSFT 5.0"u8,
            81, 21, 0, 0, 0, .. "laptop.example.com"u8, 255,
        ];
    }
}
