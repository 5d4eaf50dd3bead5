using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Sonde.Packets;
using Sonde.Packets.Applications;

namespace Sonde.Traffic.Names.Reverse;

/// <summary>The question for the name of an address (PTR, RFC 1035 section 3.5, RFC 3596 section 2.5), and the reading of its answer.</summary>
internal static class ReverseQuestion
{
    /// <summary>The longest question: 32 digits of IPv6, each a label.</summary>
    internal const int MaxLength = DnsMessage.HeaderSize + 74 + 4;

    // The longest name in text that is believed: no host has one that has to be escaped to be longer.
    private const int LongestName = 255;
    private const int MostRecords = 64;
    private const int NameError = 3;

    /// <summary>Writes the question.</summary>
    /// <returns>Its length.</returns>
    internal static int Write(Span<byte> destination, ushort id, InternetAddress address)
    {
        destination[..DnsMessage.HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination, id);
        destination[2] = 1; // ask others on our behalf
        destination[5] = 1; // one question
        int at = DnsMessage.HeaderSize;
        if (address.TryGetIPv4(out uint four))
        {
            for (int shift = 0; shift < 32; shift += 8)
            {
                byte part = (byte)(four >> shift);
                part.TryFormat(destination[(at + 1)..], out int digits, provider: CultureInfo.InvariantCulture);
                destination[at] = (byte)digits;
                at += 1 + digits;
            }

            "\ain-addr\u0004arpa\0"u8.CopyTo(destination[at..]);
            at += 14;
        }
        else
        {
            Span<byte> bytes = stackalloc byte[16];
            address.ToIPAddress().TryWriteBytes(bytes, out _);
            for (int digit = 31; digit >= 0; digit--)
            {
                destination[at] = 1;
                destination[at + 1] = "0123456789abcdef"u8[(bytes[digit / 2] >> (digit % 2 == 0 ? 4 : 0)) & 0xF];
                at += 2;
            }

            "\u0003ip6\u0004arpa\0"u8.CopyTo(destination[at..]);
            at += 10;
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)DnsRecordType.Ptr);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 2)..], 1);
        return at + 4;
    }

    /// <summary>Reads a datagram that came to where the question was sent from.</summary>
    /// <param name="answer">The datagram.</param>
    /// <param name="question">The question that is open.</param>
    /// <param name="name">The name; what a terminal might obey is escaped.</param>
    /// <param name="timeToLiveSeconds">For how long it holds.</param>
    internal static ReverseOutcome Read(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> question, out string name, out int timeToLiveSeconds)
    {
        name = string.Empty;
        timeToLiveSeconds = 0;
        if (!DnsMessage.TryParse(answer, out DnsMessage message, out _)
            || !message.IsResponse
            || message.Opcode != 0
            || message.Id != BinaryPrimitives.ReadUInt16BigEndian(question)
            || message.QuestionCount != 1
            || answer.Length < question.Length
            || !Ascii.EqualsIgnoreCase(answer[DnsMessage.HeaderSize..question.Length], question[DnsMessage.HeaderSize..]))
        {
            return ReverseOutcome.Rejected;
        }

        if (message.IsTruncated || message.ResponseCode is not (0 or NameError))
        {
            return ReverseOutcome.Failed;
        }

        return message.ResponseCode == 0 ? ReadRecords(message, out name, out timeToLiveSeconds) : ReverseOutcome.NoName;
    }

    // An alias may stand before it (RFC 2317), so whose record it is does not matter: the server was asked for this one.
    private static ReverseOutcome ReadRecords(in DnsMessage message, out string name, out int timeToLiveSeconds)
    {
        name = string.Empty;
        timeToLiveSeconds = 0;
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        int left = MostRecords;
        foreach (DnsRecord record in message.Records)
        {
            if (record.Section != DnsSection.Answer || left-- == 0)
            {
                break;
            }

            if (record.Type == DnsRecordType.Ptr)
            {
                if (!record.TryGetTarget(out DnsName target) || !target.TryFormat(text, out int length) || length > LongestName)
                {
                    return ReverseOutcome.Failed;
                }

                name = target.IsRoot ? string.Empty : new string(text[..length]);
                timeToLiveSeconds = record.TimeToLiveSeconds;
                return name.Length > 0 ? ReverseOutcome.Named : ReverseOutcome.NoName;
            }
        }

        // Records that were declared and are not there would have told it.
        return message.AnswerCount > 0 && left == MostRecords ? ReverseOutcome.Failed : ReverseOutcome.NoName;
    }
}
