namespace Sonde.Packets.Files;

/// <summary>The link-type word of a pcap file header: the type, and in its top bits the length of the frame check sequence.</summary>
internal static class LinkTypeField
{
    private const uint TypeMask = 0x03FF_FFFF; // with the ten reserved "class" bits: a type of another class is another type
    private const uint FcsPresent = 0x0400_0000;
    private const int FcsShift = 28; // in units of 16 bits

    internal static LinkType TypeOf(uint field) => Named(field & TypeMask);

    internal static int? FcsLengthOf(uint field) => (field & FcsPresent) != 0 ? (int)(field >> FcsShift) * 2 : null;

    // A length that the four bits cannot say is not told: a wrong one would have readers cut packets.
    internal static uint Make(LinkType type, int? fcsLength) =>
        ((uint)type & TypeMask) | (fcsLength is int length and >= 0 and <= 30 && int.IsEvenInteger(length) ? FcsPresent | ((uint)(length / 2) << FcsShift) : 0);

    // Before the registry, systems wrote their own DLT_RAW: 12 on most, 14 on OpenBSD. Neither number has another meaning in files.
    internal static LinkType Named(uint type) => type is 12 or 14 ? LinkType.Raw : (LinkType)type;
}
