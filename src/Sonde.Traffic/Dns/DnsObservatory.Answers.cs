using Sonde.Packets;
using Sonde.Packets.Applications;

namespace Sonde.Traffic.Dns;

public sealed partial class DnsObservatory
{
    // What a record says in text; longer ones are told by their length.
    private const int LongestData = 1024;

    private bool TakeAnswer(in DnsMessage message, in DnsEnvelope envelope)
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        int length = 0;
        DnsRecordType type = DnsRecordType.None;

        // A resolver that did not understand the question may leave it out.
        bool hasQuestion = message.QuestionCount > 0;
        if (hasQuestion && !TryReadQuestion(message, text, out length, out type))
        {
            return false;
        }

        ReadOnlySpan<char> name = text[..length];
        var key = ExchangeKey.Of(envelope.Kind, envelope.Transport, envelope.Destination, envelope.Source, message.Id, 0);
        OpenQuestion? one = hasQuestion ? Find(key, name, type, envelope.Destination) : _questions.Find(key);
        if (one is null)
        {
            TakeUnasked(message, name, type, envelope);
            return true;
        }

        if (one.IsAnswered)
        {
            bool isEcho = one.AnswerInterfaceIndex != envelope.InterfaceIndex;
            _echoes += isEcho ? 1 : 0;
            _duplicates += isEcho ? 0 : 1;
            if (!isEcho && _resolvers.Find(envelope.Kind, one.Server) is { } resolver)
            {
                resolver.Duplicates++;
            }

            return true;
        }

        bool isCaseChanged = hasQuestion && !one.Name.SequenceEqual(name);
        Settle(one, message, envelope, isCaseChanged);
        LearnNames(message, one.Name, envelope);
        return true;
    }

    private void TakeUnasked(in DnsMessage message, ReadOnlySpan<char> name, DnsRecordType type, in DnsEnvelope envelope)
    {
        _unasked++;
        if (_resolvers.Find(envelope.Kind, envelope.Source) is { } resolver)
        {
            resolver.Unasked++; // who was never asked gets no place in the table by answering
        }

        if (!_sink.WantsExchanges)
        {
            return;
        }

        _sink.Tell(new DnsExchange
        {
            Time = DateOf(envelope.Timestamp),
            Kind = envelope.Kind,
            Transport = envelope.Transport,
            Client = envelope.Destination,
            Resolver = envelope.Source,
            Responder = envelope.Source,
            Id = message.Id,
            Name = name.ToString(),
            Type = type,
            Outcome = DnsOutcome.Unasked,
            ResponseCode = CodeOf(message),
            Answers = AnswersOf(message, DnsRecordType.Any, name, all: true),
            AnswerCount = message.AnswerCount,
            IsAuthoritative = message.IsAuthoritative,
            InterfaceIndex = envelope.InterfaceIndex,
        });
    }

    // The question has its answer, and stays for a while to know the answer's doubles.
    private void Settle(OpenQuestion one, in DnsMessage message, in DnsEnvelope envelope, bool isCaseChanged)
    {
        DnsOutcome outcome = OutcomeOf(message, one.Type);
        long latency = Math.Max(envelope.Timestamp - one.FirstAsked, 0);
        TrackedResolver resolver = _resolvers.Use(one.Key.Kind, one.Server);
        resolver.CountAnswer(outcome, latency);
        resolver.CaseChanges += isCaseChanged ? 1 : 0;
        _answers++;
        one.IsAnswered = true;
        one.AnswerInterfaceIndex = envelope.InterfaceIndex;
        if (_sink.WantsExchanges)
        {
            _sink.Tell(Describe(one, outcome, one.Key.Kind == DnsKind.Dns ? one.Server : envelope.Source) with
            {
                ResponseCode = CodeOf(message),
                Latency = new TimeSpan(latency / TimeSpan.NanosecondsPerTick),
                Answers = AnswersOf(message, one.Type, one.Name, all: one.Key.Kind != DnsKind.Multicast),
                AnswerCount = message.AnswerCount,
                IsCaseChanged = isCaseChanged,
                IsAuthoritative = message.IsAuthoritative,
            });
        }
    }

    private static DnsExchange Describe(OpenQuestion one, DnsOutcome outcome, FlowEndpoint responder) => new()
    {
        Time = DateOf(one.FirstAsked),
        Kind = one.Key.Kind,
        Transport = one.Key.Transport,
        Client = one.Client,
        Resolver = one.Server,
        Responder = responder,
        Id = one.Id,
        Name = one.Name.ToString(),
        Type = one.Type,
        Outcome = outcome,
        Retransmits = one.Retransmits,
        IsCaseMixed = one.IsCaseMixed,
        InterfaceIndex = one.InterfaceIndex,
    };

    // The addresses are of the name that was asked for, whatever aliases lead there.
    private void LearnNames(in DnsMessage message, ReadOnlySpan<char> name, in DnsEnvelope envelope)
    {
        if (message.ResponseCode != 0)
        {
            return;
        }

        int left = MaxAnswers;
        foreach (DnsRecord record in message.Records)
        {
            if (record.Section != DnsSection.Answer || left-- == 0)
            {
                return;
            }

            if (record.TryGetAddress(out InternetAddress address))
            {
                _sink.Name(address, name, record.TimeToLiveSeconds, envelope);
            }
        }
    }

    private static DnsOutcome OutcomeOf(in DnsMessage message, DnsRecordType asked) => message.IsTruncated ? DnsOutcome.Truncated : CodeOf(message) switch
    {
        0 => HasAnswer(message, asked) ? DnsOutcome.Answered : DnsOutcome.NoData,
        1 => DnsOutcome.FormatError,
        2 => DnsOutcome.ServerFailure,
        3 => DnsOutcome.NameError,
        4 => DnsOutcome.NotImplemented,
        5 => DnsOutcome.Refused,
        _ => DnsOutcome.OtherError,
    };

    // An alias alone is no answer, unless it was asked for.
    private static bool HasAnswer(in DnsMessage message, DnsRecordType asked)
    {
        foreach (DnsRecord record in message.Records)
        {
            if (record.Section != DnsSection.Answer)
            {
                return false;
            }

            if (asked == DnsRecordType.Any || record.Type == asked)
            {
                return true;
            }
        }

        return false;
    }

    private static int CodeOf(in DnsMessage message) => message.TryGetEdns(out DnsEdns edns) ? edns.ResponseCode : message.ResponseCode;

    // Of multicast, which answers several questions at once, only what was asked for.
    private static List<DnsAnswer> AnswersOf(in DnsMessage message, DnsRecordType type, ReadOnlySpan<char> name, bool all)
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        Span<char> data = stackalloc char[LongestData];
        var answers = new List<DnsAnswer>();
        foreach (DnsRecord record in message.Records)
        {
            if (record.Section != DnsSection.Answer || answers.Count == MaxAnswers)
            {
                break;
            }

            ReadOnlySpan<char> own = record.Name.TryFormat(text, out int length) ? text[..length] : default;
            if (!all && !(own.Equals(name, StringComparison.OrdinalIgnoreCase) && (type == DnsRecordType.Any || type == record.Type)))
            {
                continue;
            }

            string said = record.TryFormatData(data, out int written) ? new string(data[..written]) : $"({record.Data.Length} bytes)";
            answers.Add(new DnsAnswer(own.ToString(), record.Type, said, TimeSpan.FromSeconds(record.TimeToLiveSeconds)));
        }

        return answers;
    }

    private static DateTimeOffset DateOf(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
