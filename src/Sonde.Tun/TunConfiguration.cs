namespace Sonde.Tun;

/// <summary>What a device is to have. It is applied as a whole: when one part is refused, the parts before it are taken back.</summary>
public sealed record TunConfiguration
{
    /// <summary>Addresses to add; one that is there already is accepted.</summary>
    public IReadOnlyList<TunAddress> Addresses { get; init; } = [];

    /// <summary>The largest packet, of both families; null leaves it. At least 1280 when an IPv6 address is given, else at least 68; at most 65535.</summary>
    public int? Mtu { get; init; }

    /// <summary>Whether the device is to be up; null leaves it.</summary>
    public bool? IsUp { get; init; } = true;

    /// <summary>Routes to add, after the device is up; a route to the same network with the same metric that leads elsewhere is a conflict.</summary>
    public IReadOnlyList<TunRoute> Routes { get; init; } = [];

    /// <summary>Name servers, where the system has a call for it; null leaves them.</summary>
    public TunDns? Dns { get; init; }
}
