namespace Sonde.Host.Interfaces;

/// <summary>What an interface has counted since it came up: 64 bits each, never wrapping in a lifetime.</summary>
public sealed record InterfaceCounters
{
    /// <summary>Bytes received, link-layer headers included.</summary>
    public required ulong ReceivedBytes { get; init; }

    /// <summary>Packets received.</summary>
    public required ulong ReceivedPackets { get; init; }

    /// <summary>Packets received in error.</summary>
    public required ulong ReceiveErrors { get; init; }

    /// <summary>Good packets dropped on receipt.</summary>
    public required ulong ReceiveDrops { get; init; }

    /// <summary>Bytes sent.</summary>
    public required ulong SentBytes { get; init; }

    /// <summary>Packets sent.</summary>
    public required ulong SentPackets { get; init; }

    /// <summary>Packets that could not be sent for an error.</summary>
    public required ulong SendErrors { get; init; }

    /// <summary>Packets dropped before they were sent.</summary>
    public required Reading<ulong> SendDrops { get; init; }

    /// <summary>Multicast packets received.</summary>
    public required Reading<ulong> ReceivedMulticast { get; init; }

    /// <summary>Collisions while sending.</summary>
    public required Reading<ulong> Collisions { get; init; }
}
