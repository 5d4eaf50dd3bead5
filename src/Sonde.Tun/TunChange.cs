namespace Sonde.Tun;

/// <summary>One change of a device.</summary>
/// <param name="Kind">What changed.</param>
/// <param name="Mtu">The new MTU when that changed, else null.</param>
/// <param name="Address">The address that came or went, else null.</param>
/// <param name="Name">The new name when that changed, else null.</param>
public sealed record TunChange(TunChangeKind Kind, int? Mtu = null, TunAddress? Address = null, string? Name = null);
