using Sonde.Packets;
using Sonde.Packets.Applications;
using Sonde.Packets.Headers;

namespace Sonde.Traffic.Dns;

/// <summary>Pairs questions with answers in packets from wherever they come: a device, a file, a test. Time is that of the packets.</summary>
/// <remarks>
/// One thread at a time. Remembers within the bounds of its options, whatever the packets say, and never throws because of them; in the steady state it
/// allocates nothing but what it tells. Names inside of encrypted connections (DNS over TLS, HTTPS or QUIC) are not seen.
/// </remarks>
public sealed partial class DnsObservatory
{
    /// <summary>How many records of an answer are told.</summary>
    public const int MaxAnswers = 64;

    private readonly DnsOptions _options;
    private readonly IDnsSink _sink;
    private readonly bool[] _isPort = new bool[65_536];
    private readonly long _timeout;
    private readonly QuestionTable _questions;
    private readonly ResolverTable _resolvers;
    private readonly DnsStreams _streams;
    private readonly DnsMessageTaker _take;
    private long _now;
    private long _messages;
    private long _queries;
    private long _answers;
    private long _retransmits;
    private long _duplicates;
    private long _unasked;
    private long _timeouts;
    private long _announcements;
    private long _echoes;
    private long _otherOperations;
    private long _malformed;
    private long _cut;
    private long _misdirected;
    private long _evicted;

    /// <summary>Begins to watch.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="tell">Takes each question when it has its end; null when only statistics are wanted.</param>
    public DnsObservatory(DnsOptions? options = null, Action<DnsExchange>? tell = null)
        : this(options ?? new DnsOptions(), new CallbackSink(tell))
    {
    }

    internal DnsObservatory(DnsOptions options, IDnsSink sink)
    {
        if (options is not { MaxQuestions: > 0, MaxResolvers: > 0, MaxStreams: > 0 } || options.Timeout <= TimeSpan.Zero || options.Ports.Any(static port => port is < 1 or > ushort.MaxValue))
        {
            throw new ArgumentException("Tables have room for one entry at least, an answer takes some time, and ports go from 1 to 65535.", nameof(options));
        }

        _options = options;
        _sink = sink;
        _timeout = (long)options.Timeout.TotalNanoseconds;
        _questions = new QuestionTable(options.MaxQuestions);
        _resolvers = new ResolverTable(options.MaxResolvers);
        _streams = new DnsStreams(options.MaxStreams, options.MaxStreamBytes);
        _take = Take;
        foreach (int port in options.Ports)
        {
            _isPort[port] = true;
        }
    }

    /// <summary>What was seen until now.</summary>
    public DnsStatistics Statistics => new()
    {
        Resolvers = [.. _resolvers.All.Select(static one => one.ToStatistics()).OrderByDescending(static one => one.Queries).ThenBy(static one => one.Resolver)],
        Messages = _messages,
        Queries = _queries,
        Answers = _answers,
        Retransmits = _retransmits,
        Duplicates = _duplicates,
        Unasked = _unasked,
        Timeouts = _timeouts,
        Announcements = _announcements,
        Echoes = _echoes,
        OtherOperations = _otherOperations,
        Losses =
        [
            new TrafficLoss("DNS messages that make no sense", _malformed),
            new TrafficLoss("DNS messages whose end is missing: in another fragment, or not captured", _cut),
            new TrafficLoss("DNS messages that go the wrong way: questions from the port of a resolver, answers to one", _misdirected),
            new TrafficLoss("DNS segments over TCP that were missing or out of turn", _streams.Gaps),
        ],
        FillLevels =
        [
            new FillLevel("DNS questions", _questions.Count, _questions.Capacity, _evicted),
            new FillLevel("DNS resolvers", _resolvers.Count, _resolvers.Capacity, _resolvers.Evicted),
            new FillLevel("DNS streams over TCP", _streams.Count, _streams.Capacity, _streams.Evicted),
        ],
    };

    /// <summary>Reads a frame; one that has nothing to do with DNS is passed over.</summary>
    /// <param name="link">What it begins with.</param>
    /// <param name="frame">The frame as captured.</param>
    /// <param name="wireLength">Its length on the wire.</param>
    /// <param name="timestampNanoseconds">When it was captured, in nanoseconds since 1970.</param>
    /// <param name="interfaceIndex">Over which interface; 0 when that is not known.</param>
    public void Add(LinkType link, ReadOnlySpan<byte> frame, int wireLength, long timestampNanoseconds, int interfaceIndex = 0)
    {
        Advance(timestampNanoseconds);
        if (!PacketSummary.TryRead(link, frame, wireLength, out PacketSummary packet)
            || packet.IsLaterFragment
            || packet.Protocol is not (IPProtocol.Udp or IPProtocol.Tcp)
            || packet.Depth < PacketDepth.Transport
            || !TryClassify(packet.SourcePort, packet.DestinationPort, packet.Protocol, out DnsKind kind))
        {
            return;
        }

        bool isCut = packet.CapturedPayloadLength < packet.PayloadLength || packet.IsFragment;
        var envelope = new DnsEnvelope(kind, packet.Protocol, packet.Source, packet.Destination, timestampNanoseconds, interfaceIndex, isCut);
        ReadOnlySpan<byte> payload = packet.PayloadOf(frame);
        if (packet.Protocol == IPProtocol.Udp)
        {
            Take(payload, envelope);
        }
        else if (TransportSegment.TryFind(link, frame, out TcpHeader segment))
        {
            _streams.Add(envelope with { IsCut = false }, segment, payload, isCut, _take);
        }
    }

    /// <summary>Says how late it is, when there are no packets to say so: questions that waited too long have their end.</summary>
    /// <param name="timestampNanoseconds">The time, in nanoseconds since 1970; an earlier one than the last does nothing.</param>
    public void Advance(long timestampNanoseconds)
    {
        _now = Math.Max(_now, timestampNanoseconds);
        while (_questions.Oldest is { } oldest && _now - oldest.LastAsked > _timeout)
        {
            End(oldest, DnsOutcome.TimedOut);
        }
    }

    /// <summary>Ends watching: what has no answer yet is told as pending.</summary>
    public void Finish()
    {
        while (_questions.Oldest is { } oldest)
        {
            End(oldest, DnsOutcome.Pending);
        }
    }

    private bool TryClassify(ushort source, ushort destination, IPProtocol protocol, out DnsKind kind)
    {
        bool isDns = _isPort[source] || _isPort[destination];
        bool isMulticast = !isDns && protocol == IPProtocol.Udp && (source == DnsMessage.MulticastPort || destination == DnsMessage.MulticastPort);
        bool isLinkLocal = !isDns && !isMulticast && (source == DnsMessage.LinkLocalPort || destination == DnsMessage.LinkLocalPort);
        kind = isMulticast ? DnsKind.Multicast : isLinkLocal ? DnsKind.LinkLocal : DnsKind.Dns;
        return isDns || isMulticast || isLinkLocal;
    }

    private bool IsServicePort(DnsKind kind, ushort port) => kind switch
    {
        DnsKind.Multicast => port == DnsMessage.MulticastPort,
        DnsKind.LinkLocal => port == DnsMessage.LinkLocalPort,
        _ => _isPort[port],
    };

    private void Take(ReadOnlySpan<byte> bytes, in DnsEnvelope envelope)
    {
        if (!DnsMessage.TryParse(bytes, out DnsMessage message, out _))
        {
            _malformed += envelope.IsCut ? 0 : 1;
            _cut += envelope.IsCut ? 1 : 0;
            return;
        }

        _cut += envelope.IsCut ? 1 : 0;
        if (message.Opcode != 0)
        {
            _otherOperations++;
            return;
        }

        if (!IsServicePort(envelope.Kind, message.IsResponse ? envelope.Source.Port : envelope.Destination.Port))
        {
            _misdirected++;
            return;
        }

        bool isRead = envelope.Kind == DnsKind.Multicast
            ? message.IsResponse ? TakeMulticastAnswer(message, envelope) : TakeMulticastQuestions(message, envelope)
            : message.IsResponse ? TakeAnswer(message, envelope) : TakeQuestion(message, envelope);
        _messages += isRead ? 1 : 0;
        _malformed += isRead ? 0 : 1;
    }

    private bool TakeQuestion(in DnsMessage message, in DnsEnvelope envelope)
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        if (!TryReadQuestion(message, text, out int length, out DnsRecordType type))
        {
            return false;
        }

        Ask(ExchangeKey.Of(envelope.Kind, envelope.Transport, envelope.Source, envelope.Destination, message.Id, 0), text[..length], type, message.Id, envelope);
        return true;
    }

    private void Ask(in ExchangeKey key, ReadOnlySpan<char> name, DnsRecordType type, ushort id, in DnsEnvelope envelope)
    {
        OpenQuestion? known = Find(key, name, type, envelope.Source);
        if (known is not null)
        {
            // A bridge and its port, or a tunnel's two ends, show the same question.
            if (known.InterfaceIndex != envelope.InterfaceIndex)
            {
                _echoes++;
                return;
            }

            if (!known.IsAnswered)
            {
                known.Retransmits++;
                known.LastAsked = _now;
                _questions.Touch(known);
                _retransmits++;
                _resolvers.Use(envelope.Kind, envelope.Destination).Retransmits++;
                _sink.Ask(envelope);
                return;
            }

            _questions.Remove(known); // the same number, and another question: the first has its answer
        }

        while (_questions.InTheWay(key) is { } old)
        {
            _evicted += old.IsAnswered ? 0 : 1;
            End(old, DnsOutcome.Pending);
        }

        OpenQuestion one = _questions.Add(key);
        one.SetName(name);
        one.Type = type;
        one.Id = id;
        one.Client = envelope.Source;
        one.Server = envelope.Destination;
        one.FirstAsked = envelope.Timestamp;
        one.LastAsked = _now;
        one.InterfaceIndex = envelope.InterfaceIndex;
        one.Retransmits = 0;
        one.IsAnswered = false;
        _queries++;
        _resolvers.Use(envelope.Kind, envelope.Destination).Queries++;
        _sink.Ask(envelope);
    }

    private OpenQuestion? Find(in ExchangeKey key, ReadOnlySpan<char> name, DnsRecordType type, FlowEndpoint client)
    {
        for (OpenQuestion? one = _questions.Find(key); one is not null; one = one.Next)
        {
            if (one.Client == client && one.Asks(name, type))
            {
                return one;
            }
        }

        return null;
    }

    // A question that will get no answer any more. One that was answered was told then.
    private void End(OpenQuestion one, DnsOutcome outcome)
    {
        if (!one.IsAnswered)
        {
            if (outcome == DnsOutcome.TimedOut)
            {
                _timeouts++;
                _resolvers.Use(one.Key.Kind, one.Server).Timeouts++;
            }

            if (_sink.WantsExchanges)
            {
                _sink.Tell(Describe(one, outcome, one.Server));
            }
        }

        _questions.Remove(one);
    }

    private static bool TryReadQuestion(in DnsMessage message, Span<char> text, out int length, out DnsRecordType type)
    {
        DnsQuestions.Enumerator questions = message.Questions.GetEnumerator();
        length = 0;
        type = DnsRecordType.None;
        if (!questions.MoveNext() || !questions.Current.Name.TryFormat(text, out length))
        {
            return false;
        }

        type = questions.Current.Type;
        return true;
    }

    private sealed class CallbackSink(Action<DnsExchange>? tell) : IDnsSink
    {
        public bool WantsExchanges => tell is not null;

        public void Ask(in DnsEnvelope question)
        {
        }

        public void Tell(DnsExchange exchange) => tell?.Invoke(exchange);

        public void Name(InternetAddress address, ReadOnlySpan<char> name, int timeToLiveSeconds, in DnsEnvelope answer)
        {
        }
    }
}
