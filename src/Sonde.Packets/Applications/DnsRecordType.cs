namespace Sonde.Packets.Applications;

/// <summary>What a DNS record tells, by its number in the IANA registry; any value may occur.</summary>
public enum DnsRecordType : ushort
{
    /// <summary>No type.</summary>
    None = 0,

    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name server.</summary>
    NS = 2,

    /// <summary>The name that this one stands for.</summary>
    Cname = 5,

    /// <summary>The start of a zone.</summary>
    Soa = 6,

    /// <summary>The name of an address.</summary>
#pragma warning disable CA1720 // the record's own name, not a type's
    Ptr = 12,
#pragma warning restore CA1720

    /// <summary>Hardware and system of a host; today the answer to ANY.</summary>
    HInfo = 13,

    /// <summary>A mail server.</summary>
    MX = 15,

    /// <summary>Text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>Where a service is.</summary>
    Srv = 33,

    /// <summary>The name that a whole tree stands for.</summary>
    DName = 39,

    /// <summary>Not a record but what EDNS adds to a message (RFC 6891).</summary>
    Opt = 41,

    /// <summary>The digest of a key of a child zone.</summary>
    DS = 43,

    /// <summary>A signature.</summary>
    RRSig = 46,

    /// <summary>Which name comes next, to prove that none is between.</summary>
    NSec = 47,

    /// <summary>A public key.</summary>
    DnsKey = 48,

    /// <summary>As <see cref="NSec"/>, with hashed names.</summary>
    NSec3 = 50,

    /// <summary>A certificate for TLS.</summary>
    Tlsa = 52,

    /// <summary>How a service is reached (RFC 9460).</summary>
    Svcb = 64,

    /// <summary>How a web site is reached (RFC 9460).</summary>
    Https = 65,

    /// <summary>In a question: whatever there is.</summary>
    Any = 255,

    /// <summary>Who may issue certificates.</summary>
    Caa = 257,
}
