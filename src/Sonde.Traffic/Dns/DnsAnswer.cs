using Sonde.Packets.Applications;

namespace Sonde.Traffic.Dns;

/// <summary>A record of an answer.</summary>
/// <param name="Name">The name that it tells about; an alias's target where the question led over aliases.</param>
/// <param name="Type">What it tells.</param>
/// <param name="Data">What it says, as zone files write it: an address, "10 mail.example.com"; of a record that is too long for that, its length.</param>
/// <param name="TimeToLive">For how long it may be kept.</param>
public sealed record DnsAnswer(string Name, DnsRecordType Type, string Data, TimeSpan TimeToLive);
