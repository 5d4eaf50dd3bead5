using Sonde.Packets.Applications;
using Sonde.Testing;

namespace Sonde.Packets.Tests.Applications;

public sealed class DnsMessageTests
{
    // The answer to "www.example.com A": an alias, then an address, then EDNS with a cookie.
    private static readonly byte[] s_answer = Convert.FromHexString(
        "1234" + "8180" + "0001" + "0002" + "0000" + "0001"
        + "03777777" + "076578616D706C65" + "03636F6D00" + "0001" + "0001"
        + "C00C" + "0005" + "0001" + "0000003C" + "0006" + "0363646EC010"
        + "C02D" + "0001" + "0001" + "00000E10" + "0004" + "C0000207"
        + "00" + "0029" + "04D0" + "01008000" + "000C" + "000A0008" + "0102030405060708");

    [Fact]
    public void An_answer_is_read_through_its_compression()
    {
        Assert.True(DnsMessage.TryParse(s_answer, out DnsMessage message, out _));

        Assert.Equal(0x1234, message.Id);
        Assert.True(message.IsResponse && message.RecursionDesired && message.RecursionAvailable);
        Assert.False(message.IsAuthoritative || message.IsTruncated);
        Assert.Equal(["www.example.com A 1"], Questions(message));
        Assert.Equal(
            ["Answer www.example.com 60 Cname cdn.example.com", "Answer cdn.example.com 3600 A 192.0.2.7", "Additional . 16809984 Opt \\# 12 000a00080102030405060708"],
            Records(message));
    }

    [Fact]
    public void EDNS_tells_size_flags_options_and_the_upper_bits_of_the_response_code()
    {
        Assert.True(DnsMessage.TryParse(s_answer, out DnsMessage message, out _));
        Assert.True(message.TryGetEdns(out DnsEdns edns));

        Assert.Equal((1232, 16, 0, true), (edns.UdpPayloadSize, edns.ResponseCode, edns.Version, edns.WantsSignatures));
        Assert.True(edns.TryGetOption(10, out ReadOnlySpan<byte> cookie));
        Assert.Equal("0102030405060708", Convert.ToHexString(cookie));
        Assert.False(edns.TryGetOption(8, out _));
    }

    [Theory]
    [InlineData(DnsRecordType.A, "C0000201", "192.0.2.1")]
    [InlineData(DnsRecordType.A, "C00002", "\\# 3 c00002")]
    [InlineData(DnsRecordType.Aaaa, "20010DB8000000000000000000000001", "2001:db8::1")]
    [InlineData(DnsRecordType.NS, "036E7331C00C", "ns1.example.com")]
    [InlineData(DnsRecordType.Ptr, "036E7331C00C", "ns1.example.com")]
    [InlineData(DnsRecordType.MX, "000A046D61696CC00C", "10 mail.example.com")]
    [InlineData(DnsRecordType.Srv, "000100020143036E7331C00C", "1 2 323 ns1.example.com")]
    [InlineData(DnsRecordType.Txt, "03763D3105612022622E", "\"v=1\" \"a \\\"b.\"")]
    [InlineData(DnsRecordType.Txt, "021B5B", "\"\\027[\"")]
    [InlineData(DnsRecordType.Txt, "05E2809C0AFF", "\"\u201C\\010\\255\"")]
    [InlineData(DnsRecordType.Soa, "036E7331C00C0561646D696EC00C00000001000000020000000300000004FFFFFFFF", "ns1.example.com admin.example.com 1 2 3 4 4294967295")]
    [InlineData(DnsRecordType.Https, "000100" + "00010006026832026833" + "0003000201BB" + "00040004C0000201" + "0006001020010DB8000000000000000000000001", "1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1")]
    [InlineData(DnsRecordType.Svcb, "0000036E7331C00C", "0 ns1.example.com")]
    [InlineData((DnsRecordType)99, "0102", "\\# 2 0102")]
    [InlineData((DnsRecordType)99, "", "\\# 0")]
    public void Data_reads_as_a_zone_file_writes_it(DnsRecordType type, string data, string text)
    {
        byte[] bytes = Convert.FromHexString(
            "000084000000" + "0001" + "00000000" + "076578616D706C6503636F6D00" + ((int)type).ToString("X4") + "0001" + "00000001" + (data.Length / 2).ToString("X4") + data);
        Assert.True(DnsMessage.TryParse(bytes, out DnsMessage message, out _));

        DnsRecords.Enumerator records = message.Records.GetEnumerator();
        Assert.True(records.MoveNext());
        Span<char> room = stackalloc char[400];
        Assert.True(records.Current.TryFormatData(room, out int length));
        Assert.Equal(text, new string(room[..length]));
    }

    [Fact]
    public void Multicast_DNS_has_bits_in_the_class_and_UTF8_in_names()
    {
        byte[] bytes = Convert.FromHexString(
            "0000" + "8400" + "0001" + "0001" + "00000000"
            + "064BC3BC636865" + "056C6F63616C00" + "000C" + "8001"
            + "C00C" + "0001" + "8001" + "00000078" + "0004" + "C0000201");
        Assert.True(DnsMessage.TryParse(bytes, out DnsMessage message, out _));

        Assert.Equal(["K\u00FCche.local Ptr 1 unicast"], Questions(message));
        DnsRecords.Enumerator records = message.Records.GetEnumerator();
        Assert.True(records.MoveNext());
        Assert.True(records.Current.FlushesCache);
        Assert.Equal(1, records.Current.Class);
    }

    [Fact]
    public void Dots_and_what_a_terminal_obeys_are_escaped_in_names()
    {
        byte[] bytes = Convert.FromHexString("0000" + "0000" + "0001" + "000000000000" + "04612E1B5C" + "06E280AEE280AE"[..8] + "00" + "0001" + "0001");
        bytes[17] = 3; // the label of a right-to-left override, three bytes
        Assert.True(DnsMessage.TryParse(bytes, out DnsMessage message, out _));

        Assert.Equal(["a\\.\\027\\\\.\\226\\128\\174 A 1"], Questions(message));
    }

    [Theory]
    [InlineData("C00C", "points at itself")]
    [InlineData("0161C00C", "points at its own beginning")]
    [InlineData("C00EC00C", "two that point at each other")]
    [InlineData("C0FF", "points outside")]
    [InlineData("40", "a kind of label that nobody uses")]
    [InlineData("3F61", "a label longer than the message")]
    public void Names_that_never_end_are_refused(string name, string why)
    {
        byte[] bytes = Convert.FromHexString("000000000001000000000000" + name + "00010001");
        Assert.True(DnsMessage.TryParse(bytes, out DnsMessage message, out _));

        foreach (DnsQuestion question in message.Questions)
        {
            Assert.False(question.Name.IsValid, why);
            Assert.Equal("", question.Name.ToString());
        }
    }

    [Fact]
    public void A_name_of_255_bytes_is_read_and_one_of_256_is_not()
    {
        foreach (int last in (int[])[61, 62])
        {
            byte[] name = [.. Label(63), .. Label(63), .. Label(63), .. Label(last), 0];
            byte[] bytes = [.. Convert.FromHexString("000000000001000000000000"), .. name, 0, 1, 0, 1];
            Assert.True(DnsMessage.TryParse(bytes, out DnsMessage message, out _));
            DnsQuestions.Enumerator questions = message.Questions.GetEnumerator();

            bool read = questions.MoveNext() && questions.Current.Name.IsValid;
            Assert.Equal(name.Length == 255, read);
        }

        static byte[] Label(int length) => [(byte)length, .. Enumerable.Repeat((byte)'a', length)];
    }

    [Fact]
    public void A_chain_of_pointers_is_followed_for_256_hops_and_no_further()
    {
        // Pointers that each lead to the one after, then a label.
        foreach (int hops in (int[])[DnsName.MaxHops, DnsName.MaxHops + 1])
        {
            byte[] bytes = new byte[12 + (2 * hops) + 3];
            bytes[5] = 1;
            for (int i = 0; i < hops; i++)
            {
                int target = 12 + (2 * (i + 1));
                bytes[12 + (2 * i)] = (byte)(0xC0 | (target >> 8));
                bytes[13 + (2 * i)] = (byte)target;
            }

            bytes[^3] = 1;
            bytes[^2] = (byte)'x';
            Assert.True(DnsMessage.TryParse(bytes, out DnsMessage message, out _));
            DnsQuestions.Enumerator questions = message.Questions.GetEnumerator();
            Assert.True(questions.MoveNext());
            Assert.Equal(hops == DnsName.MaxHops ? "x" : "", questions.Current.Name.ToString());
        }
    }

    [Fact]
    public void Counts_that_lie_about_64_KiB_of_message_end_at_its_end()
    {
        byte[] bytes = new byte[65535];
        bytes.AsSpan(4, 8).Fill(0xFF);
        Assert.True(DnsMessage.TryParse(bytes, out DnsMessage message, out _));

        DnsQuestions.Enumerator questions = message.Questions.GetEnumerator();
        int count = 0;
        while (questions.MoveNext())
        {
            count++;
        }

        Assert.Equal((65535 - 12) / 5, count);
        Assert.True(questions.HasDefect);
        Assert.True(message.Records.GetEnumerator().HasDefect);
    }

    [Fact]
    public void Over_TCP_the_length_stands_before_the_message()
    {
        byte[] stream = [0, (byte)s_answer.Length, .. s_answer, 1, 2, 3];

        Assert.True(DnsMessage.TryParseStream(stream, out DnsMessage message, out _));
        Assert.Equal(3, Records(message).Count);
        Assert.False(DnsMessage.TryParseStream([0], out _, out _));
    }

    [Fact]
    public void No_prefix_and_no_mutation_makes_it_throw_or_loop()
    {
        for (int length = 0; length <= s_answer.Length; length++)
        {
            Walk(s_answer.AsSpan(0, length));
        }

        var random = new Random(7);
        byte[] mutant = new byte[s_answer.Length];
        for (int i = 0; i < 20_000; i++)
        {
            s_answer.CopyTo(mutant, 0);
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            Walk(mutant);
        }

        static void Walk(ReadOnlySpan<byte> bytes)
        {
            if (DnsMessage.TryParse(bytes, out DnsMessage message, out _))
            {
                Assert.InRange(Questions(message).Count + Records(message).Count, 0, bytes.Length);
                _ = message.TryGetEdns(out _);
            }
        }
    }

    [Fact]
    public void Reading_names_and_data_allocates_nothing()
    {
        int length = Walk();

        int again = 0;
        Assert.Equal(0, AllocationWatch.Least(() => again = Walk()));
        Assert.Equal(length, again);

        static int Walk()
        {
            Span<char> room = stackalloc char[DnsName.MaxTextLength];
            int total = 0;
            _ = DnsMessage.TryParse(s_answer, out DnsMessage message, out _);
            foreach (DnsRecord record in message.Records)
            {
                total += record.Name.TryFormat(room, out int name) && record.TryFormatData(room, out int data) ? name + data : 0;
            }

            return total;
        }
    }

    [Fact]
    public void Captures_of_others_are_walked_without_a_throw()
    {
        int messages = 0;
        foreach (string path in Captures.Foreign())
        {
            foreach (CapturedFrame frame in Captures.Read(path).Take(200))
            {
                if (PacketSummary.TryRead(frame.LinkType, frame.Data, frame.WireLength, out PacketSummary summary)
                    && DnsMessage.TryParse(summary.PayloadOf(frame.Data), out DnsMessage message, out _))
                {
                    messages++;
                    Assert.InRange(Questions(message).Count + Records(message).Count, 0, frame.Data.Length);
                }
            }
        }

        Assert.InRange(messages, 100, int.MaxValue);
    }

    private static List<string> Questions(DnsMessage message)
    {
        var found = new List<string>();
        foreach (DnsQuestion question in message.Questions)
        {
            found.Add($"{question.Name.ToString()} {question.Type} {question.Class}{(question.WantsUnicastResponse ? " unicast" : "")}");
        }

        return found;
    }

    private static List<string> Records(DnsMessage message)
    {
        var found = new List<string>();
        char[] room = new char[300_000];
        foreach (DnsRecord record in message.Records)
        {
            Assert.True(record.TryFormatData(room, out int length));
            found.Add($"{record.Section} {record.Name.ToString()} {record.TimeToLiveSeconds} {record.Type} {new string(room, 0, length)}");
        }

        return found;
    }
}
