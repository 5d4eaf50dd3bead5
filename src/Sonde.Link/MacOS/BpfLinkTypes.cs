using Sonde.Interop.MacOS;
using Sonde.Packets;

namespace Sonde.Link.MacOS;

/// <summary>The kernel's numbers of link types (DLT_) and those of capture files (LINKTYPE_), which differ in places.</summary>
internal static class BpfLinkTypes
{
    /// <summary>What to change to, best first, when an interface speaks something that Sonde does not read.</summary>
    internal static ReadOnlySpan<uint> Preferred => [Darwin.DLT_EN10MB, Darwin.DLT_RAW, Darwin.DLT_NULL, Darwin.DLT_LOOP];

    /// <summary>Whether Sonde reads the headers of frames of this type.</summary>
    internal static bool IsRead(uint dlt) => Preferred.Contains(dlt);

    /// <summary>The number that capture files use.</summary>
    /// <returns><see langword="false"/> for a type that no file may hold under the kernel's number, PKTAP among them.</returns>
    internal static bool TryMap(uint dlt, out LinkType type)
    {
        type = dlt switch
        {
            Darwin.DLT_RAW => LinkType.Raw,
            Darwin.DLT_ATM_RFC1483 => (LinkType)100,
            Darwin.DLT_SLIP_BSDOS => (LinkType)102,
            Darwin.DLT_PPP_BSDOS => (LinkType)103,
            Darwin.DLT_PFSYNC => (LinkType)246,
            _ => (LinkType)dlt,
        };

        // The same on both sides: the types of the first BSDs, the two forms of PPP, and all that were assigned together.
        return dlt != Darwin.DLT_PKTAP
            && (type != (LinkType)dlt || dlt is <= Darwin.DLT_FDDI or Darwin.DLT_PPP_SERIAL or Darwin.DLT_PPP_ETHER or (>= Darwin.DLT_MATCHING_MIN and <= Darwin.DLT_MATCHING_MAX));
    }
}
