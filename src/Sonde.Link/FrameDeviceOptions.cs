using Sonde.Packets.Filters;

namespace Sonde.Link;

/// <summary>How a device is opened; the defaults capture everything, in both directions, without turning the interface promiscuous.</summary>
public sealed record FrameDeviceOptions
{
    /// <summary>What the device is tuned for.</summary>
    public FrameMode Mode { get; init; }

    /// <summary>The most bytes handed out of a frame; 1 to 262,144.</summary>
    public int SnapLength { get; init; } = 262_144;

    /// <summary>A filter in the language of pcap-filter(7), run by the kernel where that is possible; null or empty lets everything pass.</summary>
    public string? Filter { get; init; }

    /// <summary>A classic BPF program in place of <see cref="Filter"/>; empty for none. What it returns cuts the frame.</summary>
    public ReadOnlyMemory<BpfInstruction> Program { get; init; }

    /// <summary>The mask of the network, which <c>ip broadcast</c> in a filter needs; null when it is not known.</summary>
    public uint? IPv4Mask { get; init; }

    /// <summary>Whether the interface shall also receive frames for other stations, for as long as the device is open.</summary>
    public bool Promiscuous { get; init; }

    /// <summary>Which frames are handed out, by the way they go.</summary>
    public FrameDirections Directions { get; init; } = FrameDirections.Both;

    /// <summary>Only frames of this EtherType; 0 for all. The kernel then hands nothing else to the device, its own frames neither.</summary>
    public ushort EtherType { get; init; }

    /// <summary>The size of the buffer that frames wait in, in bytes, where the mode has one; AF_XDP has its own.</summary>
    public int BufferSize { get; init; } = 32 << 20;

    /// <summary>How long a frame waits at most in a block that is not full; capture mode only.</summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a wait first looks again and again before it sleeps; not in capture mode. Costs a processor for that time.</summary>
    public TimeSpan Spin { get; init; }

    /// <summary>Whether frames to send go past the queueing discipline: faster, but unshaped, and full queues drop (Linux).</summary>
    public bool BypassQueue { get; init; }

    /// <summary>The group that the device joins, or null (Linux).</summary>
    public FanoutGroup? Fanout { get; init; }

    /// <summary>Whether the card's own timestamps are asked for; where a card has none, the kernel's are used, and a system that knows none of them refuses.</summary>
    public bool HardwareTimestamps { get; init; }

    /// <summary>The receive queue that AF_XDP binds to.</summary>
    public int XdpQueue { get; init; }
}
