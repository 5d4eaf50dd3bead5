namespace Sonde.Packets.Files;

/// <summary>What a pcapng file is to say of a packet beyond its bytes; the default says nothing.</summary>
public readonly ref struct PacketAnnotation
{
    /// <summary>A remark in UTF-8; beyond 65535 bytes it is cut.</summary>
    public ReadOnlySpan<byte> Comment { get; init; }

    /// <summary>Which way the packet went.</summary>
    public PacketDirection Direction { get; init; }

    /// <summary>The rest of pcapng's flag word: kind of reception, length of the frame check sequence, link-layer errors.</summary>
    public uint OtherFlags { get; init; }

    /// <summary>How many packets were lost between the one before and this one, if known.</summary>
    public ulong? DropCount { get; init; }

    internal uint Flags => (OtherFlags & ~3u) | (uint)Direction;
}
