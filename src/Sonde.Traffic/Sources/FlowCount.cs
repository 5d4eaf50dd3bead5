namespace Sonde.Traffic.Sources;

/// <summary>What a source counted of one flow since it last told.</summary>
/// <param name="Flow">Which flow.</param>
/// <param name="Counters">How much more.</param>
/// <param name="SocketCookie">The kernel's number of the socket; 0 where a source does not know it.</param>
/// <param name="InterfaceIndex">The interface of the last packet; 0 where a source does not know it.</param>
/// <param name="Signs">What was seen of beginning and end.</param>
internal readonly record struct FlowCount(FlowIdentity Flow, TrafficCounters Counters, ulong SocketCookie, int InterfaceIndex, FlowSigns Signs);
