using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;

namespace Sonde.Link;

/// <summary>A frame on loan from its device: its bytes stay until the device is waited on, asked for more or disposed.</summary>
public readonly ref struct Frame
{
    /// <summary>The captured bytes, at most the device's snap length; a VLAN tag that the card took out stands in its place again.</summary>
    public ReadOnlySpan<byte> Data { get; internal init; }

    /// <summary>The frame's length on the wire, in bytes, without the frame check sequence; a segment to be split by the card later counts whole.</summary>
    public int WireLength { get; internal init; }

    /// <summary>When, in nanoseconds since 1970-01-01 UTC by the clock that <see cref="Clock"/> names; 0 when it names none.</summary>
    public long TimestampNanoseconds { get; internal init; }

    /// <summary>Whose clock the time is of.</summary>
    public FrameClock Clock { get; internal init; }

    /// <summary>Which way the frame went, as far as the system tells.</summary>
    public PacketDirection Direction { get; internal init; }

    /// <summary>Whom the frame is addressed to, as far as the system tells; of a frame sent by this host it is unknown.</summary>
    public FrameAudience Audience { get; internal init; }

    /// <summary>The index of the interface that the frame was seen on, 0 when not known.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>What <see cref="Data"/> begins with.</summary>
    public LinkType LinkType { get; internal init; }

    /// <summary>The EtherType of the VLAN tag that the card had taken out (0x8100 or 0x88A8), 0 when it took none out.</summary>
    public ushort VlanProtocol { get; internal init; }

    /// <summary>Priority and identifier of the tag that the card had taken out; 0 without <see cref="VlanProtocol"/>.</summary>
    public ushort VlanTag { get; internal init; }

    /// <summary>Whether bytes were left out because of the snap length.</summary>
    public bool IsCut => Data.Length < WireLength;

    /// <summary>What a filter may ask for beside the bytes. The tag is in the bytes again, so it is not told twice.</summary>
    public PacketMetadata Metadata => new(Direction == PacketDirection.Outbound, InterfaceIndex);
}
