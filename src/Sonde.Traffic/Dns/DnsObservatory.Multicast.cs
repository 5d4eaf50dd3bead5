using Sonde.Packets;
using Sonde.Packets.Applications;

namespace Sonde.Traffic.Dns;

// RFC 6762: a message asks for several things at once, everybody may answer, and answers have no number and no question in them.
public sealed partial class DnsObservatory
{
    // What one message asks for and tells at most; more is left out, and counted as cut.
    private const int MostPerMessage = 128;

    private bool TakeMulticastQuestions(in DnsMessage message, in DnsEnvelope envelope)
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        int left = MostPerMessage;
        DnsQuestions.Enumerator questions = message.Questions.GetEnumerator();
        while (questions.MoveNext())
        {
            if (!questions.Current.Name.TryFormat(text, out int length))
            {
                return false;
            }

            if (left-- == 0)
            {
                _cut++;
                break;
            }

            ReadOnlySpan<char> name = text[..length];
            DnsRecordType type = questions.Current.Type;
            Ask(KeyOf(name, type), name, type, message.Id, envelope);
        }

        return !questions.HasDefect || envelope.IsCut;
    }

    private bool TakeMulticastAnswer(in DnsMessage message, in DnsEnvelope envelope)
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        bool isFirst = true;
        bool isAsked = false;
        int left = MostPerMessage;
        DnsRecords.Enumerator records = message.Records.GetEnumerator();
        while (records.MoveNext())
        {
            DnsRecord record = records.Current;
            if (record.Type == DnsRecordType.Opt)
            {
                continue;
            }

            if (!record.Name.TryFormat(text, out int length))
            {
                return false;
            }

            if (left-- == 0)
            {
                _cut++;
                break;
            }

            ReadOnlySpan<char> name = text[..length];
            if (record.Section == DnsSection.Answer)
            {
                isAsked |= SettleMulticast(message, name, record.Type, envelope);
                isAsked |= SettleMulticast(message, name, DnsRecordType.Any, envelope);
            }

            if (record.TryGetAddress(out InternetAddress address) && record.TimeToLiveSeconds > 0)
            {
                _sink.Name(address, name, record.TimeToLiveSeconds, envelope);
            }

            isFirst = false;
        }

        _announcements += isAsked || isFirst ? 0 : 1;
        return !records.HasDefect || envelope.IsCut;
    }

    private bool SettleMulticast(in DnsMessage message, ReadOnlySpan<char> name, DnsRecordType asked, in DnsEnvelope envelope)
    {
        bool isAsked = false;
        for (OpenQuestion? one = _questions.Find(KeyOf(name, asked)); one is not null; one = one.Next)
        {
            // Who is answered alone is the only one who knows.
            bool isFor = envelope.Destination.Address.IsMulticast || envelope.Destination == one.Client;
            if (!isFor || !one.Asks(name, asked))
            {
                continue;
            }

            isAsked = true;
            if (!one.IsAnswered)
            {
                Settle(one, message, envelope, isCaseChanged: false);
            }
        }

        return isAsked;
    }

    private static ExchangeKey KeyOf(ReadOnlySpan<char> name, DnsRecordType type)
    {
        int hash = HashCode.Combine(string.GetHashCode(name, StringComparison.OrdinalIgnoreCase), (int)type);
        return ExchangeKey.Of(DnsKind.Multicast, IPProtocol.Udp, default, default, 0, hash);
    }
}
