using System.Net;

namespace Sonde.Packets.Files;

/// <summary>The name of an address, as a name resolution block records it.</summary>
/// <param name="Address">An IPv4 or IPv6 address.</param>
/// <param name="Name">Its name.</param>
public readonly record struct ResolvedName(IPAddress Address, string Name);
