using System.Buffers.Binary;
using System.Net;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>Reads the sockaddr structures of Windows (ws2def.h, ws2ipdef.h) out of bytes.</summary>
internal static class SocketAddressReader
{
    internal const int InterNetwork = 2;
    internal const int InterNetworkV6 = 23;

    private const int IPv4Size = 8; // family, port, address; what follows is padding
    private const int IPv6Size = 24; // family, port, flow, address; the scope id follows
    private const int IPv6ScopedSize = 28;

    /// <summary>Reads an address; whatever is neither IPv4 nor IPv6, or is cut short, is refused.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> source, out IPAddress address)
    {
        address = IPAddress.None;
        if (source.Length < sizeof(ushort))
        {
            return false;
        }

        switch (BinaryPrimitives.ReadUInt16LittleEndian(source))
        {
            case InterNetwork when source.Length >= IPv4Size:
                address = new IPAddress(source.Slice(4, 4));
                return true;
            case InterNetworkV6 when source.Length >= IPv6Size:
                address = new IPAddress(source.Slice(8, 16));
                if ((address.IsIPv6LinkLocal || address.IsIPv6SiteLocal) && source.Length >= IPv6ScopedSize)
                {
                    // Only these are ambiguous without it; other addresses may carry noise there.
                    address.ScopeId = BinaryPrimitives.ReadUInt32LittleEndian(source[24..]);
                }

                return true;
            default:
                return false;
        }
    }
}
