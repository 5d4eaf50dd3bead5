using System.Buffers.Binary;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>Builds the header of "cooked" frames (LINKTYPE_LINUX_SLL2), which the kernel delivers without a link header of their own.</summary>
internal static class CookedHeader
{
    internal const int Size = 20;

    private const int AddressOffset = 12;

    internal static void Write(Span<byte> target, sockaddr_ll seen)
    {
        ReadOnlySpan<byte> raw = NativeStruct.AsBytes(seen);
        raw.Slice(2, sizeof(ushort)).CopyTo(target); // the protocol, as it travels already
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], 0);
        BinaryPrimitives.WriteInt32BigEndian(target[4..], seen.sll_ifindex);
        BinaryPrimitives.WriteUInt16BigEndian(target[8..], seen.sll_hatype);
        target[10] = seen.sll_pkttype;
        target[11] = seen.sll_halen;

        // The kernel writes as many bytes as the address has; behind them stands what was there before.
        int length = Math.Min((int)seen.sll_halen, 8);
        raw.Slice(AddressOffset, length).CopyTo(target[AddressOffset..]);
        target[(AddressOffset + length)..Size].Clear();
    }
}
