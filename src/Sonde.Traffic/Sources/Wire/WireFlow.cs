using Sonde.Packets;
using Sonde.Packets.Files;

namespace Sonde.Traffic.Sources.Wire;

/// <summary>What the packets of one flow have in common as an interface shows them, before anybody asks which end is this host.</summary>
/// <param name="Packet">Protocol and endpoints: the sender's stands as local.</param>
/// <param name="InterfaceIndex">Where they were seen.</param>
/// <param name="Direction">Which way they went, as far as the system tells.</param>
/// <param name="IsToMany">Whether they were addressed to several stations.</param>
internal readonly record struct WireFlow(FlowKey Packet, int InterfaceIndex, PacketDirection Direction, bool IsToMany)
{
    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Packet, InterfaceIndex, Direction);
}
