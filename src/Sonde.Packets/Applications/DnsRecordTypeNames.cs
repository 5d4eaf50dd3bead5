using System.Globalization;

namespace Sonde.Packets.Applications;

/// <summary>What the types of DNS records are called in zone files.</summary>
public static class DnsRecordTypeNames
{
    /// <summary>The most characters that <see cref="Of"/> and <see cref="TryFormat"/> give.</summary>
    public const int MaxLength = 10;

    /// <summary>A type's name, or null when it has none here.</summary>
    public static string? Find(DnsRecordType type) => type switch
    {
        DnsRecordType.A => "A",
        DnsRecordType.NS => "NS",
        DnsRecordType.Cname => "CNAME",
        DnsRecordType.Soa => "SOA",
        DnsRecordType.Ptr => "PTR",
        DnsRecordType.HInfo => "HINFO",
        DnsRecordType.MX => "MX",
        DnsRecordType.Txt => "TXT",
        DnsRecordType.Aaaa => "AAAA",
        (DnsRecordType)29 => "LOC",
        DnsRecordType.Srv => "SRV",
        (DnsRecordType)35 => "NAPTR",
        DnsRecordType.DName => "DNAME",
        DnsRecordType.Opt => "OPT",
        DnsRecordType.DS => "DS",
        (DnsRecordType)44 => "SSHFP",
        DnsRecordType.RRSig => "RRSIG",
        DnsRecordType.NSec => "NSEC",
        DnsRecordType.DnsKey => "DNSKEY",
        DnsRecordType.NSec3 => "NSEC3",
        (DnsRecordType)51 => "NSEC3PARAM",
        DnsRecordType.Tlsa => "TLSA",
        (DnsRecordType)59 => "CDS",
        (DnsRecordType)60 => "CDNSKEY",
        DnsRecordType.Svcb => "SVCB",
        DnsRecordType.Https => "HTTPS",
        (DnsRecordType)251 => "IXFR",
        (DnsRecordType)252 => "AXFR",
        DnsRecordType.Any => "ANY",
        (DnsRecordType)256 => "URI",
        DnsRecordType.Caa => "CAA",
        _ => null,
    };

    /// <summary>A type's name; TYPE123 and the like for one that has none here (RFC 3597, section 5).</summary>
    public static string Of(DnsRecordType type) => Find(type) ?? string.Create(CultureInfo.InvariantCulture, $"TYPE{(ushort)type}");

    /// <summary>Writes what <see cref="Of"/> returns, without allocating.</summary>
    /// <returns><see langword="false"/> when there is no room for it.</returns>
    public static bool TryFormat(DnsRecordType type, Span<char> destination, out int charsWritten) => Find(type) is { } name
        ? destination.TryWrite($"{name}", out charsWritten)
        : destination.TryWrite(CultureInfo.InvariantCulture, $"TYPE{(ushort)type}", out charsWritten);
}
