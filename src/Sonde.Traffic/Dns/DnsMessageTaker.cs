namespace Sonde.Traffic.Dns;

/// <summary>Takes a whole message that came over TCP.</summary>
internal delegate void DnsMessageTaker(ReadOnlySpan<byte> message, in DnsEnvelope envelope);
