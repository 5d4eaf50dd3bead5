using System.Net;
using System.Net.Sockets;

namespace Sonde.Host.Interfaces;

/// <summary>A default route through an interface, from the system's main table.</summary>
/// <param name="Family">Whose traffic takes it: IPv4 or IPv6.</param>
/// <param name="Address">The router's address; none when everything is on the link (a point-to-point interface). May be IPv6 for IPv4 traffic (RFC 5549).</param>
/// <param name="Metric">Its rank among default routes: the smaller wins.</param>
/// <param name="Protocol">Who made the route, in the system's word: "dhcp", "static", "ra", "boot", "kernel".</param>
public sealed record DefaultGateway(AddressFamily Family, Reading<IPAddress> Address, Reading<long> Metric, Reading<string> Protocol);
