namespace Sonde.Packets.Applications;

/// <summary>Where in a DNS message a record stands.</summary>
public enum DnsSection
{
    /// <summary>It answers the question.</summary>
    Answer = 0,

    /// <summary>It says who knows the answer.</summary>
    Authority,

    /// <summary>It may save a further question.</summary>
    Additional,
}
