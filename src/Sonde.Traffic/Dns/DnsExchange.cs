using Sonde.Packets;
using Sonde.Packets.Applications;

namespace Sonde.Traffic.Dns;

/// <summary>A question and what became of it; or an answer that nobody was seen to ask for.</summary>
/// <remarks>Names are as they came over the wire: whoever answers chooses them. All that a terminal might obey is escaped in them, as \DDD.</remarks>
public sealed record DnsExchange
{
    /// <summary>When it was asked first; of an answer without a question, when that came.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Which protocol.</summary>
    public required DnsKind Kind { get; init; }

    /// <summary>UDP or TCP.</summary>
    public required IPProtocol Transport { get; init; }

    /// <summary>Who asks.</summary>
    public required FlowEndpoint Client { get; init; }

    /// <summary>Who was asked; of <see cref="DnsKind.Multicast"/> and <see cref="DnsKind.LinkLocal"/> the group.</summary>
    public required FlowEndpoint Resolver { get; init; }

    /// <summary>Who answered, where a whole link was asked; else, and before there is an answer, the same as <see cref="Resolver"/>.</summary>
    public required FlowEndpoint Responder { get; init; }

    /// <summary>The number that question and answer share.</summary>
    public required ushort Id { get; init; }

    /// <summary>The name asked about, without a dot at the end.</summary>
    public required string Name { get; init; }

    /// <summary>What was asked about it.</summary>
    public required DnsRecordType Type { get; init; }

    /// <summary>What became of it.</summary>
    public required DnsOutcome Outcome { get; init; }

    /// <summary>The response code with the bits that EDNS adds; -1 without an answer.</summary>
    public int ResponseCode { get; init; } = -1;

    /// <summary>From the first question to the first answer, by the times of capture; null without both.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>The records of the answer, at most <see cref="DnsObservatory.MaxAnswers"/>.</summary>
    public IReadOnlyList<DnsAnswer> Answers { get; init; } = [];

    /// <summary>How many records answered, as the message declares.</summary>
    public int AnswerCount { get; init; }

    /// <summary>How often the question was asked again before it was answered.</summary>
    public int Retransmits { get; init; }

    /// <summary>Whether the asker mixed upper and lower case, so that an answer that repeats the mix is harder to forge.</summary>
    public bool IsCaseMixed { get; init; }

    /// <summary>Whether the answer's name is spelt otherwise than the question's, but for case the same.</summary>
    public bool IsCaseChanged { get; init; }

    /// <summary>Whether the one who answered owns the zone.</summary>
    public bool IsAuthoritative { get; init; }

    /// <summary>The interface that the question was seen on; 0 when that is not known.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>The process that asked; null when it is not known, and <see cref="UnownedReason"/> says why.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The name of that process.</summary>
    public string? ProcessName { get; init; }

    /// <summary>How it is known which process asked.</summary>
    public OwnerConfidence Confidence { get; init; }

    /// <summary>Why it is not known which process asked.</summary>
    public UnownedReason UnownedReason { get; init; }

    /// <summary>Whether nobody was told what had been asked: a failure of the resolver, or no answer at all. That a name does not exist is an answer.</summary>
    public bool IsFailure => Outcome is DnsOutcome.ServerFailure or DnsOutcome.Refused or DnsOutcome.FormatError or DnsOutcome.NotImplemented or DnsOutcome.OtherError or DnsOutcome.TimedOut;
}
