using Sonde.Interop.MacOS;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>The addresses behind the head of a routing message: a bit in <c>rtm_addrs</c> for each, in the order of the bits.</summary>
/// <remarks>Each is padded to four bytes, and one of length 0 takes four. What does not fit is left empty and sets <see cref="IsTorn"/>.</remarks>
internal readonly ref struct MacOSRouteAddresses
{
    /// <summary>Cuts <paramref name="bytes"/> into addresses.</summary>
    internal MacOSRouteAddresses(ReadOnlySpan<byte> bytes, int present)
    {
        for (int slot = 0; slot < Darwin.RTAX_MAX; slot++)
        {
            if ((present & (1 << slot)) == 0)
            {
                continue;
            }

            int length = bytes.IsEmpty ? 0 : bytes[0];
            if (bytes.IsEmpty || length > bytes.Length)
            {
                IsTorn = true;
                return;
            }

            switch (slot)
            {
                case Darwin.RTAX_DST:
                    Destination = bytes[..length];
                    break;
                case Darwin.RTAX_GATEWAY:
                    Gateway = bytes[..length];
                    break;
                case Darwin.RTAX_NETMASK:
                    Netmask = bytes[..length];
                    break;
            }

            bytes = bytes[Math.Min(Math.Max((length + 3) & ~3, 4), bytes.Length)..];
        }
    }

    /// <summary>Where the route leads to.</summary>
    internal ReadOnlySpan<byte> Destination { get; }

    /// <summary>The router, or the link itself.</summary>
    internal ReadOnlySpan<byte> Gateway { get; }

    /// <summary>The mask of the destination; of no length for a default route.</summary>
    internal ReadOnlySpan<byte> Netmask { get; }

    /// <summary>Whether an address was cut short.</summary>
    internal bool IsTorn { get; }
}
