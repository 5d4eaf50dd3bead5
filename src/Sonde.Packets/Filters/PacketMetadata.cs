namespace Sonde.Packets.Filters;

/// <summary>What a capture knows about a packet beside its bytes; filters compiled for a socket may ask for it.</summary>
/// <param name="IsOutgoing">Whether this host sent the packet.</param>
/// <param name="InterfaceIndex">The index of the interface, 0 when not known.</param>
/// <param name="HasVlanTag">Whether the network card took a VLAN tag out of the frame.</param>
/// <param name="VlanTag">The tag taken out: priority and identifier.</param>
/// <param name="VlanProtocol">The EtherType that stood before the tag.</param>
public readonly record struct PacketMetadata(
    bool IsOutgoing = false, int InterfaceIndex = 0, bool HasVlanTag = false, ushort VlanTag = 0, ushort VlanProtocol = 0);
