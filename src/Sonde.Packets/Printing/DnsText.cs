using System.Buffers.Binary;
using Sonde.Packets.Applications;

namespace Sonde.Packets.Printing;

/// <summary>DNS messages as text: questions, and the records that answer.</summary>
internal static class DnsText
{
    // Of a message that lies, no more than this is shown.
    private const int MaxShown = 256;

    public static void Write(ref TextSink sink, ReadOnlySpan<byte> bytes, int length, bool isMulticast)
    {
        if (!DnsMessage.TryParse(bytes, out DnsMessage message, out _))
        {
            sink.Append("[|domain]");
            return;
        }

        sink.Append(message.Id);
        sink.Append(NameOfOperation(message.Opcode));
        if (message.IsResponse)
        {
            WriteAnswers(ref sink, message);
        }
        else
        {
            WriteQuestions(ref sink, message, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), isMulticast);
        }

        sink.Append(" (");
        sink.Append(length);
        sink.Append(')');
    }

    private static void WriteAnswers(ref TextSink sink, DnsMessage message)
    {
        sink.Append(NameOfResponse(message.ResponseCode));
        sink.Append(message.IsAuthoritative ? "*" : "");
        sink.Append(message.RecursionAvailable ? "" : "-");
        sink.Append(message.IsTruncated ? "|" : "");
        sink.Append(message.IsAuthenticData ? "$" : "");
        if (message.QuestionCount != 1)
        {
            WriteCount(ref sink, message.QuestionCount, "q");
        }

        sink.Append(' ');
        sink.Append(message.AnswerCount);
        sink.Append('/');
        sink.Append(message.AuthorityCount);
        sink.Append('/');
        sink.Append(message.AdditionalCount);

        int shown = 0;
        DnsRecords.Enumerator records = message.Records.GetEnumerator();
        while (shown < MaxShown && records.MoveNext() && records.Current.Section == DnsSection.Answer)
        {
            sink.Append(shown == 0 ? "" : ",");
            WriteRecord(ref sink, records.Current);
            shown++;
        }

        if (records.HasDefect && shown < message.AnswerCount)
        {
            sink.Append(" [|domain]");
        }
    }

    private static void WriteQuestions(ref TextSink sink, DnsMessage message, ushort flags, bool isMulticast)
    {
        sink.Append(message.RecursionDesired ? "+" : "");
        sink.Append(message.CheckingDisabled ? "%" : "");
        if ((flags & 0x06CF) != 0)
        {
            sink.Append(" [b2&3=0x");
            LinkText.AppendShortHex(ref sink, flags);
            sink.Append(']');
        }

        WriteUnusual(ref sink, message.AnswerCount, 0, "a");
        WriteUnusual(ref sink, message.QuestionCount, 1, "q");
        WriteUnusual(ref sink, message.AuthorityCount, 0, "n");
        WriteUnusual(ref sink, message.AdditionalCount, 0, "au");
        int shown = 0;
        DnsQuestions.Enumerator questions = message.Questions.GetEnumerator();
        while (shown < MaxShown && questions.MoveNext())
        {
            DnsQuestion question = questions.Current;
            sink.Append(' ');
            WriteType(ref sink, question.Type);
            if (isMulticast)
            {
                sink.Append(question.WantsUnicastResponse ? " (QU)" : " (QM)");
            }

            sink.Append("? ");
            WriteName(ref sink, question.Name);
            shown++;
        }

        if (questions.HasDefect)
        {
            sink.Append(" [|domain]");
        }
    }

    private static void WriteRecord(ref TextSink sink, DnsRecord record)
    {
        sink.Append(record.FlushesCache ? " (Cache flush) " : " ");
        WriteType(ref sink, record.Type);
        bool hasTarget = record.TryGetTarget(out DnsName target);
        bool isShort = record.Type is DnsRecordType.A or DnsRecordType.Aaaa or DnsRecordType.Txt or DnsRecordType.HInfo;
        if (record.Type == DnsRecordType.Soa || (!hasTarget && !isShort))
        {
            return; // keys and signatures would fill the screen
        }

        sink.Append(' ');
        if (!hasTarget)
        {
            record.WriteData(ref sink);
            return;
        }

        switch (record.Type)
        {
            case DnsRecordType.MX:
                WriteName(ref sink, target);
                sink.Append(' ');
                sink.Append(BinaryPrimitives.ReadUInt16BigEndian(record.Data));
                break;
            case DnsRecordType.Srv:
                WriteName(ref sink, target);
                sink.Append(':');
                sink.Append(BinaryPrimitives.ReadUInt16BigEndian(record.Data[4..]));
                sink.Append(' ');
                sink.Append(BinaryPrimitives.ReadUInt16BigEndian(record.Data));
                sink.Append(' ');
                sink.Append(BinaryPrimitives.ReadUInt16BigEndian(record.Data[2..]));
                break;
            case DnsRecordType.Svcb or DnsRecordType.Https:
                record.WriteData(ref sink);
                break;
            default:
                WriteName(ref sink, target);
                break;
        }
    }

    // tcpdump ends names with a dot.
    private static void WriteName(ref TextSink sink, DnsName name)
    {
        int before = sink.Length;
        bool whole = name.Write(ref sink);
        if (!whole)
        {
            sink.Append("<BAD PTR>");
        }
        else if (sink.Length - before != 1 || sink.Written[^1] != '.')
        {
            sink.Append('.');
        }
    }

    private static void WriteUnusual(ref TextSink sink, int count, int usual, string what)
    {
        if (count != usual)
        {
            WriteCount(ref sink, count, what);
        }
    }

    private static void WriteCount(ref TextSink sink, int count, string what)
    {
        sink.Append(" [");
        sink.Append(count);
        sink.Append(what);
        sink.Append(']');
    }

    // tcpdump's form of a type without a name.
    private static void WriteType(ref TextSink sink, DnsRecordType type)
    {
        if (DnsRecordTypeNames.Find(type) is { } name)
        {
            sink.Append(name);
            return;
        }

        sink.Append("Type");
        sink.Append((int)type);
    }

    private static string NameOfOperation(int opcode) => opcode switch
    {
        0 => "",
        1 => " inv_q",
        2 => " stat",
        4 => " notify",
        5 => " update",
        _ => " op?",
    };

    private static string NameOfResponse(int code) => code switch
    {
        0 => "",
        1 => " FormErr",
        2 => " ServFail",
        3 => " NXDomain",
        4 => " NotImp",
        5 => " Refused",
        6 => " YXDomain",
        7 => " YXRRSet",
        8 => " NXRRSet",
        9 => " NotAuth",
        10 => " NotZone",
        _ => " Resp?",
    };
}
