namespace Sonde.Tun;

/// <summary>What a device has now, as the system says.</summary>
/// <param name="IsUp">Whether it is up.</param>
/// <param name="Mtu">The largest packet it takes.</param>
/// <param name="Addresses">Its addresses, link-local ones included.</param>
public sealed record TunState(bool IsUp, int Mtu, IReadOnlyList<TunAddress> Addresses);
