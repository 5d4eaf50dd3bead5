using System.Buffers.Binary;

namespace Sonde.Packets.Applications;

/// <summary>A DNS message (RFC 1035) read in place; multicast DNS and LLMNR have the same form.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws. Questions and records are read as far as they go: messages may be cut
/// by the capture, and counts may lie.</remarks>
public readonly ref struct DnsMessage
{
    /// <summary>The header's length, in bytes.</summary>
    public const int HeaderSize = 12;

    /// <summary>The port of DNS.</summary>
    public const ushort Port = 53;

    /// <summary>The port of multicast DNS.</summary>
    public const ushort MulticastPort = 5353;

    /// <summary>The port of LLMNR.</summary>
    public const ushort LinkLocalPort = 5355;

    private readonly ReadOnlySpan<byte> _bytes;

    private DnsMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What an answer has in common with its question.</summary>
    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>Whether it answers.</summary>
    public bool IsResponse => (Flags & 0x8000) != 0;

    /// <summary>0 for a question, 4 to notify, 5 to update.</summary>
    public int Opcode => (Flags >> 11) & 0xF;

    /// <summary>Whether the one who answers owns the zone.</summary>
    public bool IsAuthoritative => (Flags & 0x0400) != 0;

    /// <summary>Whether the answer did not fit and is to be asked for over TCP.</summary>
    public bool IsTruncated => (Flags & 0x0200) != 0;

    /// <summary>Whether the asked server shall ask others.</summary>
    public bool RecursionDesired => (Flags & 0x0100) != 0;

    /// <summary>Whether the one who answers asks others on demand.</summary>
    public bool RecursionAvailable => (Flags & 0x0080) != 0;

    /// <summary>Whether the one who answers checked the signatures (RFC 4035).</summary>
    public bool IsAuthenticData => (Flags & 0x0020) != 0;

    /// <summary>Whether signatures need not be checked (RFC 4035).</summary>
    public bool CheckingDisabled => (Flags & 0x0010) != 0;

    /// <summary>0 for success, 2 for a failure of the server, 3 for a name that does not exist; without the bits that EDNS adds.</summary>
    public int ResponseCode => Flags & 0xF;

    /// <summary>How many questions it has, as declared.</summary>
    public int QuestionCount => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>How many records answer, as declared.</summary>
    public int AnswerCount => BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    /// <summary>How many records say who knows, as declared.</summary>
    public int AuthorityCount => BinaryPrimitives.ReadUInt16BigEndian(_bytes[8..]);

    /// <summary>How many further records there are, as declared.</summary>
    public int AdditionalCount => BinaryPrimitives.ReadUInt16BigEndian(_bytes[10..]);

    /// <summary>The questions.</summary>
    public DnsQuestions Questions => new(_bytes, QuestionCount);

    /// <summary>The records of all three sections.</summary>
    public DnsRecords Records
    {
        get
        {
            DnsQuestions.Enumerator questions = Questions.GetEnumerator();
            while (questions.MoveNext())
            {
            }

            return new DnsRecords(_bytes, questions.HasDefect ? 0 : questions.Offset, AnswerCount, AuthorityCount, AdditionalCount);
        }
    }

    private ushort Flags => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>Reads the message at the start of <paramref name="source"/>, a UDP payload.</summary>
    /// <returns><see langword="false"/> when it is shorter than a header; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out DnsMessage message, out PacketDefect defect)
    {
        bool whole = source.Length >= HeaderSize;
        message = whole ? new DnsMessage(source) : default;
        defect = whole ? PacketDefect.None : PacketDefect.Truncated;
        return whole;
    }

    /// <summary>Reads the message at the start of <paramref name="source"/>, a TCP payload: its length stands before it (RFC 7766).</summary>
    /// <returns><see langword="false"/> when it is shorter than a header; never throws.</returns>
    public static bool TryParseStream(ReadOnlySpan<byte> source, out DnsMessage message, out PacketDefect defect)
    {
        if (source.Length < 2)
        {
            message = default;
            defect = PacketDefect.Truncated;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(source);
        return TryParse(source.Slice(2, Math.Min(length, source.Length - 2)), out message, out defect);
    }

    /// <summary>What EDNS adds to the message (RFC 6891).</summary>
    /// <returns><see langword="false"/> for a message without EDNS.</returns>
    public bool TryGetEdns(out DnsEdns edns)
    {
        foreach (DnsRecord record in Records)
        {
            if (record is { Type: DnsRecordType.Opt, Section: DnsSection.Additional })
            {
                edns = new DnsEdns(record, ResponseCode);
                return true;
            }
        }

        edns = default;
        return false;
    }
}
