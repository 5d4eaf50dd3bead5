using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>Reads a slot of a packet ring (TPACKET_V2) in place; whatever the bytes are, no read leaves the slot.</summary>
internal static class RingSlot
{
    /// <summary>The header and the address behind it (TPACKET2_HDRLEN).</summary>
    internal const int HeaderSize = AddressOffset + 20;

    private const int AddressOffset = 32;

    /// <summary>Finds the frame of a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="headroom">How many bytes must be free between the header and the frame.</param>
    /// <param name="header">The header.</param>
    /// <param name="seen">Where the frame was seen.</param>
    /// <returns><see langword="false"/> when the header makes no sense.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> slot, int headroom, out tpacket2_hdr header, out sockaddr_ll seen)
    {
        seen = default;
        return NativeStruct.TryRead(slot, out header)
            && NativeStruct.TryRead(slot[AddressOffset..], out seen)
            && header.tp_mac >= HeaderSize + headroom
            && header.tp_mac + (ulong)header.tp_snaplen <= (ulong)slot.Length;
    }
}
