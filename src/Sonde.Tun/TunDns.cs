using Sonde.Packets;

namespace Sonde.Tun;

/// <summary>Name servers that the system asks through the device. On Linux systemd-resolved keeps them; on macOS they are refused.</summary>
/// <remarks>
/// On Linux they are asked for every name where the same configuration leads everything through the device, or where there are no domains;
/// else only for names in the domains given here.
/// </remarks>
/// <param name="Servers">Their addresses, the first one first.</param>
/// <param name="SearchDomains">Domains that are appended to short names.</param>
public sealed record TunDns(IReadOnlyList<InternetAddress> Servers, IReadOnlyList<string> SearchDomains)
{
    /// <summary>Domains whose names are asked of these servers, and that are not appended to short names; "." stands for all names, which then no other link is asked for. Linux; refused elsewhere.</summary>
    public IReadOnlyList<string> RoutingDomains { get; init; } = [];
}
