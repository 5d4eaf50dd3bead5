namespace Sonde.Packets.Headers;

/// <summary>A stretch of a stream that arrived out of order.</summary>
/// <param name="Start">Its first byte's sequence number.</param>
/// <param name="End">The sequence number after its last byte.</param>
public readonly record struct SackBlock(uint Start, uint End);
