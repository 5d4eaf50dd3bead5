using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Headers;

namespace Sonde.Cli.Frames;

/// <summary>A frame as commands show it, wherever it comes from; its spans are on loan from there.</summary>
internal readonly ref struct FrameRow
{
    /// <summary>Which one it is, counted from 1 before any filter.</summary>
    internal required long Number { get; init; }

    internal required LinkType LinkType { get; init; }

    internal required ReadOnlySpan<byte> Data { get; init; }

    /// <summary>The frame's length on the wire, in bytes.</summary>
    internal required int WireLength { get; init; }

    /// <summary>Nanoseconds since 1970; null when nobody knows.</summary>
    internal long? TimestampNanoseconds { get; init; }

    internal string? InterfaceName { get; init; }

    /// <summary>The interface's number in the file, or the system's index.</summary>
    internal int InterfaceId { get; init; }

    internal PacketDirection Direction { get; init; }

    /// <summary>A remark that travels with the frame, in UTF-8.</summary>
    internal ReadOnlySpan<byte> Comment { get; init; }

    /// <summary>The row of a packet from a file.</summary>
    internal static FrameRow From(in CapturedPacket packet, long number) => new()
    {
        Number = number,
        LinkType = packet.LinkType,
        Data = packet.Data,
        WireLength = LengthOf(packet),
        TimestampNanoseconds = packet.HasTimestamp ? packet.TimestampNanoseconds : null,
        InterfaceName = packet.Interface.Name,
        InterfaceId = packet.Interface.Id,
        Direction = packet.Direction == PacketDirection.Unknown ? DirectionOf(packet.LinkType, packet.Data) : packet.Direction,
        Comment = packet.Comment,
    };

    /// <summary>The wire length of a packet from a file, whose claim may be beyond all that a frame can have.</summary>
    internal static int LengthOf(in CapturedPacket packet) => (int)Math.Min(packet.WireLength, int.MaxValue);

    // "Cooked" captures say it in the frame: 0 to 3 are kinds of received frames, 4 is one sent.
    private static PacketDirection DirectionOf(LinkType type, ReadOnlySpan<byte> data) => type switch
    {
        LinkType.LinuxSll when data.Length >= LinuxSllHeader.Size => Of((data[0] << 8) | data[1]),
        LinkType.LinuxSll2 when data.Length >= LinuxSllHeader.Size2 => Of(data[10]),
        _ => PacketDirection.Unknown,
    };

    private static PacketDirection Of(int packetType) => packetType switch
    {
        >= 0 and <= 3 => PacketDirection.Inbound,
        4 => PacketDirection.Outbound,
        _ => PacketDirection.Unknown,
    };
}
