using System.Runtime.InteropServices;
using Sonde.Link;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Headers;

namespace Sonde.Traffic.Sources.Wire;

/// <summary>Adds up packets by flow, without allocating, until somebody takes the sums.</summary>
/// <remarks>One thread adds, another takes. What a frame's payload says is not looked at.</remarks>
internal sealed class PacketCounter(int capacity)
{
    // So that who takes the sums does not wait for long.
    private const int MostAtOnce = 4096;

    // What is shorter was never put together.
    private const int SmallestMtu = 1280;

    private static readonly Dictionary<int, int> s_noMtus = [];

    private readonly Lock _lock = new();
    private readonly FragmentPorts _fragments = new();
    private Dictionary<WireFlow, WireCounts> _filling = [];
    private Dictionary<WireFlow, WireCounts> _taken = [];
    private TrafficCounters _overflow;
    private long _malformed;

    /// <summary>How many flows it can hold.</summary>
    internal int Capacity => capacity;

    /// <summary>Packets that could not be read as far as their addresses.</summary>
    internal long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>The MTU of each interface by its number: longer packets are several that were put together.</summary>
    internal IReadOnlyDictionary<int, int> Mtus { get; set; } = s_noMtus;

    /// <summary>Adds the frames that a device has ready.</summary>
    /// <returns>Whether there are no more for now.</returns>
    internal bool Add(FrameDevice device)
    {
        int left = MostAtOnce;
        lock (_lock)
        {
            foreach (Frame frame in device.Receive())
            {
                Add(frame.LinkType, frame.Data, frame.WireLength, frame.InterfaceIndex, frame.Direction, frame.Audience);
                if (--left == 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Adds one frame.</summary>
    internal void Add(LinkType link, ReadOnlySpan<byte> data, int wireLength, int interfaceIndex, PacketDirection direction, FrameAudience audience)
    {
        if (audience == FrameAudience.OtherHost)
        {
            return;
        }

        if (!PacketSummary.TryRead(link, data, wireLength, out PacketSummary packet))
        {
            _malformed += packet.EtherType is EtherType.IPv4 or EtherType.IPv6 ? 1 : 0;
            return;
        }

        // The stack sees a tagged frame again, without its tag, on the interface of its VLAN.
        if (packet.Vlan > 0)
        {
            return;
        }

        int bytes = Math.Min(packet.NetworkLength, packet.WireLength);
        var flow = new WireFlow(_fragments.KeyOf(ref packet), interfaceIndex, direction, audience is FrameAudience.Broadcast or FrameAudience.Multicast);
        int packets = bytes <= SmallestMtu ? 1 : packet.IsFragment ? 1 : PacketsIn(bytes, packet.PayloadLength, interfaceIndex);
        if (_filling.Count >= capacity && !_filling.ContainsKey(flow))
        {
            var one = new WireCounts { Bytes = bytes, Packets = packets, Units = 1 };
            _overflow += direction == PacketDirection.Outbound ? one.AsSent : one.AsReceived;
            return;
        }

        ref WireCounts counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_filling, flow, out _);
        counts.Bytes += bytes;
        counts.Packets += packets;
        counts.Units++;
        if (packet.Protocol == IPProtocol.Tcp)
        {
            bool isSyn = (packet.TcpFlags & TcpFlags.Syn) != TcpFlags.None;
            bool isAck = (packet.TcpFlags & TcpFlags.Ack) != TcpFlags.None;
            counts.Asks |= isSyn && !isAck;
            counts.Grants |= isSyn && isAck;
            counts.Finishes |= (packet.TcpFlags & TcpFlags.Fin) != TcpFlags.None;
            counts.Resets |= (packet.TcpFlags & TcpFlags.Rst) != TcpFlags.None;
        }
    }

    /// <summary>Takes everything that was added since the last time; the table is good until the next time.</summary>
    /// <param name="overflow">What found the table full.</param>
    internal Dictionary<WireFlow, WireCounts> Take(out TrafficCounters overflow)
    {
        _taken.Clear();
        lock (_lock)
        {
            (_filling, _taken) = (_taken, _filling);
            overflow = _overflow;
            _overflow = default;
        }

        return _taken;
    }

    // The kernel puts segments together before it shows them, and takes them apart after: how many they are on the wire follows from what fits into one.
    private int PacketsIn(int bytes, int payload, int interfaceIndex)
    {
        if (!Mtus.TryGetValue(interfaceIndex, out int mtu) || bytes <= mtu)
        {
            return 1;
        }

        payload = Math.Min(payload, bytes);
        int most = mtu - (bytes - payload);
        return most > 0 ? (payload + most - 1) / most : 1;
    }
}
