using System.Diagnostics.CodeAnalysis;
using Sonde.Packets;

namespace Sonde.Tun;

/// <summary>A network that is reached through the device.</summary>
/// <remarks>Every route leads through the device it is given to, so the system forgets it with the device, however the process ends.</remarks>
public sealed record TunRoute
{
    /// <summary>A route to a network; bits after the prefix are ignored.</summary>
    public TunRoute(TunAddress destination) => Destination = new TunAddress(destination.Network, destination.PrefixLength);

    /// <summary>The network.</summary>
    public TunAddress Destination { get; }

    /// <summary>The next hop behind the device; null when the device itself is the way, which is the rule for layer 3.</summary>
    public InternetAddress? Gateway { get; init; }

    /// <summary>Among routes to the same network the one with the lowest metric wins; null for the system's own choice.</summary>
    public int? Metric { get; init; }

    /// <summary>The largest packet on this route; null for the device's MTU. Linux; refused elsewhere.</summary>
    public int? Mtu { get; init; }

    /// <summary>
    /// The two halves of the whole address space (0.0.0.0/1 and 128.0.0.0/1, or ::/1 and 8000::/1): more specific than a default route, which stays
    /// as it is and rules again once these are gone.
    /// </summary>
    public static IReadOnlyList<TunRoute> SplitDefault(bool isIPv4) => isIPv4
        ? [new(TunAddress.Parse("0.0.0.0/1")), new(TunAddress.Parse("128.0.0.0/1"))]
        : [new(TunAddress.Parse("::/1")), new(TunAddress.Parse("8000::/1"))];

    /// <summary>Reads "10.1.0.0/16", "fd01::/48" or "fd01::/48 via fd00::1".</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out TunRoute? route)
    {
        route = null;
        string[] parts = (text ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (1 or 3) || !TunAddress.TryParse(parts[0], out TunAddress destination))
        {
            return false;
        }

        InternetAddress gateway = default;
        if (parts.Length == 3 && (parts[1] != "via" || !InternetAddress.TryParse(parts[2], out gateway) || gateway.IsIPv4 != destination.Address.IsIPv4))
        {
            return false;
        }

        route = new TunRoute(destination) { Gateway = parts.Length == 3 ? gateway : null };
        return true;
    }

    /// <summary>"10.1.0.0/16", with its gateway and metric where it has them.</summary>
    public override string ToString() =>
        $"{Destination}{(Gateway is { } gateway ? $" via {gateway}" : string.Empty)}{(Metric is { } metric ? $" metric {metric}" : string.Empty)}";
}
