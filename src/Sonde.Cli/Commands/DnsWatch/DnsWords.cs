using System.ComponentModel;
using System.Globalization;
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

    /// <summary>A type as zone files write it; TYPE64 and the like for those without a name here (RFC 3597).</summary>
    internal static string Of(DnsRecordType value) => value switch
    {
        DnsRecordType.None => "-",
        DnsRecordType.A => "A",
        DnsRecordType.NS => "NS",
        DnsRecordType.Cname => "CNAME",
        DnsRecordType.Soa => "SOA",
        DnsRecordType.Ptr => "PTR",
        DnsRecordType.HInfo => "HINFO",
        DnsRecordType.MX => "MX",
        DnsRecordType.Txt => "TXT",
        DnsRecordType.Aaaa => "AAAA",
        DnsRecordType.Srv => "SRV",
        DnsRecordType.DName => "DNAME",
        DnsRecordType.Opt => "OPT",
        DnsRecordType.DS => "DS",
        DnsRecordType.RRSig => "RRSIG",
        DnsRecordType.NSec => "NSEC",
        DnsRecordType.DnsKey => "DNSKEY",
        DnsRecordType.NSec3 => "NSEC3",
        DnsRecordType.Tlsa => "TLSA",
        DnsRecordType.Svcb => "SVCB",
        DnsRecordType.Https => "HTTPS",
        DnsRecordType.Any => "ANY",
        DnsRecordType.Caa => "CAA",
        _ => string.Create(CultureInfo.InvariantCulture, $"TYPE{(ushort)value}"),
    };
}
