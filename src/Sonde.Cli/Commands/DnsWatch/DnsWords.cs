using System.ComponentModel;
using Sonde.Packets.Applications;
using Sonde.Traffic.Dns;

namespace Sonde.Cli.Commands.DnsWatch;

/// <summary>The words for what is seen of DNS.</summary>
internal static class DnsWords
{
    internal static string Of(DnsKind value) => value switch
    {
        DnsKind.Dns => "dns",
        DnsKind.Multicast => "mdns",
        DnsKind.LinkLocal => "llmnr",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(DnsKind)),
    };

    internal static string Of(DnsOutcome value) => value switch
    {
        DnsOutcome.Answered => "answered",
        DnsOutcome.NoData => "nodata",
        DnsOutcome.NameError => "nxdomain",
        DnsOutcome.ServerFailure => "servfail",
        DnsOutcome.Refused => "refused",
        DnsOutcome.FormatError => "formerr",
        DnsOutcome.NotImplemented => "notimp",
        DnsOutcome.OtherError => "error",
        DnsOutcome.Truncated => "truncated",
        DnsOutcome.TimedOut => "timeout",
        DnsOutcome.Pending => "pending",
        DnsOutcome.Unasked => "unasked",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(DnsOutcome)),
    };

    /// <summary>A type as zone files write it.</summary>
    internal static string Of(DnsRecordType value) => value == DnsRecordType.None ? "-" : DnsRecordTypeNames.Of(value);
}
