namespace Sonde.Tun;

/// <summary>The shape of a <see cref="TunBatch"/>.</summary>
public sealed record TunBatchOptions
{
    /// <summary>How many packets it holds at most.</summary>
    public int Capacity { get; init; } = 128;

    /// <summary>Bytes before each packet that are the caller's, for a header of its own in front of the packet (a VPN's, an AEAD's nonce).</summary>
    public int Headroom { get; init; }

    /// <summary>Bytes after each packet that are the caller's, for what follows it (padding, an authentication tag).</summary>
    public int Tailroom { get; init; }

    /// <summary>
    /// The bytes of the slab that all packets share; 0 for a size that fits the capacity at a common MTU. Never less than one packet of the
    /// largest size needs: a receive always offers the system that much, so no packet is ever cut.
    /// </summary>
    public int SlabSize { get; init; }
}
