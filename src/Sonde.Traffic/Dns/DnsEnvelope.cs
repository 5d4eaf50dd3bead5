using Sonde.Packets;

namespace Sonde.Traffic.Dns;

/// <summary>What is known of a message beside its bytes.</summary>
/// <param name="Kind">Which protocol.</param>
/// <param name="Transport">UDP or TCP.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Destination">Whom to.</param>
/// <param name="Timestamp">When, in nanoseconds since 1970.</param>
/// <param name="InterfaceIndex">Over which interface; 0 when that is not known.</param>
/// <param name="IsCut">Whether bytes at its end are missing: of the capture, or of a fragment.</param>
internal readonly record struct DnsEnvelope(DnsKind Kind, IPProtocol Transport, FlowEndpoint Source, FlowEndpoint Destination, long Timestamp, int InterfaceIndex, bool IsCut);
