namespace Sonde.Tun.Windows;

/// <summary>A TUN adapter of this host.</summary>
/// <param name="Luid">What the system knows it by.</param>
/// <param name="Index">Its interface index.</param>
/// <param name="Name">The name that users see.</param>
internal sealed record WindowsTunAdapter(ulong Luid, int Index, string Name);
