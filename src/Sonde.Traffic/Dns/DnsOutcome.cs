namespace Sonde.Traffic.Dns;

/// <summary>What became of a question.</summary>
public enum DnsOutcome
{
    /// <summary>It was answered with what was asked for.</summary>
    Answered = 0,

    /// <summary>The name exists, and has nothing of the type that was asked for.</summary>
    NoData,

    /// <summary>There is no such name (NXDOMAIN).</summary>
    NameError,

    /// <summary>The resolver could not find out (SERVFAIL).</summary>
    ServerFailure,

    /// <summary>The resolver does not answer this asker, or this question (REFUSED).</summary>
    Refused,

    /// <summary>The resolver did not understand the question (FORMERR).</summary>
    FormatError,

    /// <summary>The resolver does not do what was asked (NOTIMP).</summary>
    NotImplemented,

    /// <summary>Any other response code; <see cref="DnsExchange.ResponseCode"/> has it.</summary>
    OtherError,

    /// <summary>The answer did not fit into a datagram; the asker is to ask again over TCP.</summary>
    Truncated,

    /// <summary>Nobody answered in time.</summary>
    TimedOut,

    /// <summary>It had not been answered when watching ended.</summary>
    Pending,

    /// <summary>An answer to a question that nobody was seen to ask: it was asked before watching began, or somebody tries to be believed.</summary>
    Unasked,
}
