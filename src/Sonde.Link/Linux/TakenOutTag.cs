using System.Buffers.Binary;

namespace Sonde.Link.Linux;

/// <summary>Puts a VLAN tag that the kernel delivers beside the frame back into its place.</summary>
internal static class TakenOutTag
{
    /// <summary>How much longer a frame is with its tag.</summary>
    internal const int Size = 4;

    private const int EthernetAddresses = 12;

    /// <summary>Moves what stands before the tag into the headroom.</summary>
    /// <param name="memory">The frame with at least <see cref="Size"/> bytes of headroom before it.</param>
    /// <param name="start">Where the frame begins; afterwards, where it begins with its tag.</param>
    /// <param name="length">How many bytes of it there are; afterwards, with its tag.</param>
    /// <param name="cooked">Whether it begins with a cooked header instead of an Ethernet one.</param>
    /// <param name="protocol">The EtherType of the tag.</param>
    /// <param name="tag">Priority and identifier.</param>
    internal static void PutBack(Span<byte> memory, ref int start, ref int length, bool cooked, ushort protocol, ushort tag)
    {
        int before = cooked ? CookedHeader.Size : EthernetAddresses;
        if (length < before)
        {
            return; // cut in front of the tag: the bytes are those of the tagged frame already
        }

        int tagged = start - Size;
        memory.Slice(start, before).CopyTo(memory[tagged..]);
        Span<byte> place = memory.Slice(tagged + before, Size);
        if (cooked)
        {
            // What the header calls its payload is now the tag, and behind the tag's own two bytes stands what it was.
            Span<byte> header = memory.Slice(tagged, before);
            header[..2].CopyTo(place[2..]);
            BinaryPrimitives.WriteUInt16BigEndian(header, protocol);
            BinaryPrimitives.WriteUInt16BigEndian(place, tag);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(place, protocol);
            BinaryPrimitives.WriteUInt16BigEndian(place[2..], tag);
        }

        start = tagged;
        length += Size;
    }
}
