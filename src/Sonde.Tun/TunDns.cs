using Sonde.Packets;

namespace Sonde.Tun;

/// <summary>Name servers that the system asks through the device.</summary>
/// <param name="Servers">Their addresses, the first one first.</param>
/// <param name="SearchDomains">Domains that are appended to short names.</param>
public sealed record TunDns(IReadOnlyList<InternetAddress> Servers, IReadOnlyList<string> SearchDomains);
