using Sonde.Packets;

namespace Sonde.Traffic.Sources.Wire;

/// <summary>Remembers the ports of packets that come in fragments: only the first fragment has them.</summary>
/// <remarks>A table of fixed size in which a newer packet takes the place of an older one; a fragment that finds nothing counts as one without ports.</remarks>
internal sealed class FragmentPorts
{
    private const int Capacity = 1024;

    private readonly Entry[] _entries = new Entry[Capacity];

    /// <summary>The key of a fragment's flow, with the ports of its first fragment where that was seen.</summary>
    internal FlowKey KeyOf(ref PacketSummary packet)
    {
        FlowKey key = packet.ToFlowKey(sourceIsLocal: true);
        if (!packet.IsFragment)
        {
            return key;
        }

        int hash = HashCode.Combine(key.Protocol, key.Local.Address, key.Remote.Address, packet.FragmentIdentification);
        ref Entry entry = ref _entries[(uint)hash % Capacity];
        if (!packet.IsLaterFragment)
        {
            entry = new Entry(packet.FragmentIdentification, key);
            return key;
        }

        bool isSame = entry.Identification == packet.FragmentIdentification
            && entry.Key.Protocol == key.Protocol
            && entry.Key.Local.Address == key.Local.Address
            && entry.Key.Remote.Address == key.Remote.Address;
        return isSame ? entry.Key : key;
    }

    private readonly record struct Entry(uint Identification, FlowKey Key);
}
