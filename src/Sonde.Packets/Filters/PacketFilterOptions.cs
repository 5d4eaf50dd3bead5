namespace Sonde.Packets.Filters;

/// <summary>Where a filter will run, and what it returns.</summary>
public sealed record PacketFilterOptions
{
    /// <summary>Whether VLAN tags are delivered beside the frame, as an AF_PACKET socket does; otherwise they are looked for in its bytes.</summary>
    public bool VlanInMetadata { get; init; }

    /// <summary>How many bytes of an accepted packet are kept.</summary>
    public int SnapLength { get; init; } = 262_144;

    /// <summary>Whether tests that can be shown to be needless are removed. Loads past the end of a short frame reject it, so this can matter.</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>The mask of the network captured from, which <c>ip broadcast</c> needs; <see langword="null"/> when it is not known.</summary>
    public uint? IPv4Mask { get; init; }

    /// <summary>
    /// The number of the IPv6 address family on the capturing system, with which frames of <see cref="LinkType.Null"/> and
    /// <see cref="LinkType.Loop"/> begin: 10 on Linux, as libpcap there has it, 30 on macOS.
    /// </summary>
    public uint IPv6Family { get; init; } = 10;
}
