using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>The header that Linux gives to frames captured on "any" interface, in either of its two versions.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct LinuxSllHeader
{
    /// <summary>The length of version 1, in bytes.</summary>
    public const int Size = 16;

    /// <summary>The length of version 2, in bytes.</summary>
    public const int Size2 = 20;

    private readonly ReadOnlySpan<byte> _bytes;

    private LinuxSllHeader(ReadOnlySpan<byte> bytes, bool isVersion2)
    {
        _bytes = bytes;
        IsVersion2 = isVersion2;
    }

    /// <summary>Whether it is version 2, which tells the interface.</summary>
    public bool IsVersion2 { get; }

    /// <summary>0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 sent by us.</summary>
    public int PacketType => IsVersion2 ? _bytes[10] : BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The kind of the interface (ARPHRD_ of Linux): 1 is Ethernet, 772 loopback.</summary>
    public int HardwareType => BinaryPrimitives.ReadUInt16BigEndian(_bytes[(IsVersion2 ? 8 : 2)..]);

    /// <summary>The index of the interface on the capturing host; 0 in version 1.</summary>
    public int InterfaceIndex => IsVersion2 ? BinaryPrimitives.ReadInt32BigEndian(_bytes[4..]) : 0;

    /// <summary>The sender's link-layer address, at most eight bytes of it.</summary>
    public ReadOnlySpan<byte> Address => IsVersion2 ? _bytes.Slice(12, Math.Min((int)_bytes[11], 8))
        : _bytes.Slice(6, Math.Min((int)BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]), 8));

    /// <summary>What follows, an EtherType for most hardware; below 0x0600 a number of Linux's own: 1 and 4 are IEEE 802.3 and 802.2 frames.</summary>
    public ushort Protocol => BinaryPrimitives.ReadUInt16BigEndian(_bytes[(IsVersion2 ? 0 : 14)..]);

    /// <summary>What follows, when an EtherType says so.</summary>
    public EtherType EtherType => Protocol < 0x0600 ? EtherType.None : (EtherType)Protocol;

    /// <summary>What follows the header, as captured.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[(IsVersion2 ? Size2 : Size)..];

    /// <summary>Reads the header at the start of <paramref name="source"/>.</summary>
    /// <param name="type"><see cref="LinkType.LinuxSll"/> or <see cref="LinkType.LinuxSll2"/>.</param>
    /// <param name="source">The frame.</param>
    /// <param name="header">The view.</param>
    /// <param name="defect">Why there is none.</param>
    /// <returns><see langword="false"/> for cut bytes and for other link types; never throws.</returns>
    public static bool TryParse(LinkType type, ReadOnlySpan<byte> source, out LinuxSllHeader header, out PacketDefect defect)
    {
        bool isVersion2 = type == LinkType.LinuxSll2;
        defect = !isVersion2 && type != LinkType.LinuxSll ? PacketDefect.Unsupported
            : source.Length < (isVersion2 ? Size2 : Size) ? PacketDefect.Truncated
            : PacketDefect.None;
        header = defect == PacketDefect.None ? new LinuxSllHeader(source, isVersion2) : default;
        return defect == PacketDefect.None;
    }
}
