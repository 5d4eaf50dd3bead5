using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>A GRE header (RFC 2784, 2890; version 1 for PPTP, RFC 2637) read in place: the outside of a tunnel.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct GreHeader
{
    private const ushort ChecksumBit = 0x8000;
    private const ushort RoutingBit = 0x4000;
    private const ushort KeyBit = 0x2000;
    private const ushort SequenceBit = 0x1000;
    private const ushort AcknowledgmentBit = 0x0080;
    private const ushort VersionMask = 7;

    private readonly ReadOnlySpan<byte> _bytes;

    private GreHeader(ReadOnlySpan<byte> bytes, int headerLength)
    {
        _bytes = bytes;
        HeaderLength = headerLength;
    }

    /// <summary>The header's length with the fields that its flags announce, in bytes.</summary>
    public int HeaderLength { get; }

    /// <summary>0, or 1 for PPTP.</summary>
    public int Version => Flags & VersionMask;

    /// <summary>What the tunnel carries.</summary>
    public EtherType Protocol => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>Whether it has a key; of version 1, a length and a call.</summary>
    public bool HasKey => (Flags & KeyBit) != 0;

    /// <summary>Which of several tunnels between two hosts this is; 0 without a key.</summary>
    public uint Key => HasKey ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[KeyOffset..]) : 0;

    /// <summary>Whether packets are numbered.</summary>
    public bool HasSequenceNumber => (Flags & SequenceBit) != 0;

    /// <summary>The packet's number; 0 when packets are not numbered.</summary>
    public uint SequenceNumber => HasSequenceNumber ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[(KeyOffset + (HasKey ? 4 : 0))..]) : 0;

    /// <summary>The packet within the tunnel, as captured.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    private int KeyOffset => (Flags & ChecksumBit) != 0 ? 8 : 4;

    private ushort Flags => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>Reads the header at the start of <paramref name="source"/>.</summary>
    /// <returns><see langword="false"/> for cut bytes, and for source routing, which RFC 2784 removed; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out GreHeader header, out PacketDefect defect)
    {
        header = default;
        if (source.Length < 4)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(source);
        int version = flags & VersionMask;
        if (version > 1 || (flags & RoutingBit) != 0)
        {
            defect = version > 1 ? PacketDefect.BadVersion : PacketDefect.Unsupported;
            return false;
        }

        int length = 4
            + ((flags & ChecksumBit) != 0 ? 4 : 0)
            + ((flags & KeyBit) != 0 ? 4 : 0)
            + ((flags & SequenceBit) != 0 ? 4 : 0)
            + (version == 1 && (flags & AcknowledgmentBit) != 0 ? 4 : 0);
        if (source.Length < length)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        header = new GreHeader(source, length);
        defect = PacketDefect.None;
        return true;
    }
}
