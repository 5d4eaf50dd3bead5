namespace Sonde.Packets;

/// <summary>What a frame begins with, by the number that capture files use (LINKTYPE_ of the pcap registry).</summary>
/// <remarks>A file may hold any number; the names are the types whose headers Sonde reads.</remarks>
public enum LinkType
{
    /// <summary>BSD loopback: the address family in four bytes, in the byte order of the capturing host.</summary>
    Null = 0,

    /// <summary>Ethernet.</summary>
    Ethernet = 1,

    /// <summary>A bare IP packet: the version nibble tells IPv4 from IPv6.</summary>
    Raw = 101,

    /// <summary>OpenBSD loopback: the address family in four bytes, in network byte order.</summary>
    Loop = 108,

    /// <summary>Linux "cooked" capture, version 1 (16 bytes).</summary>
    LinuxSll = 113,

    /// <summary>A bare IPv4 packet.</summary>
    IPv4 = 228,

    /// <summary>A bare IPv6 packet.</summary>
    IPv6 = 229,

    /// <summary>Linux "cooked" capture, version 2 (20 bytes, with the interface's index).</summary>
    LinuxSll2 = 276,
}
