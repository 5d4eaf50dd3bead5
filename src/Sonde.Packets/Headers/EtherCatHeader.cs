using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>The two bytes after EtherType 0x88A4 (IEC 61158-3-12), little-endian: how much EtherCAT follows, and of which kind.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct EtherCatHeader
{
    /// <summary>The header's length, in bytes.</summary>
    public const int Size = 2;

    private readonly ReadOnlySpan<byte> _bytes;

    private EtherCatHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>How many bytes of datagrams follow, as declared.</summary>
    public int DeclaredLength => BinaryPrimitives.ReadUInt16LittleEndian(_bytes) & 0x7FF;

    /// <summary>1 for datagrams to SubDevices, 4 for network variables, 5 for a mailbox gateway.</summary>
    public int Type => BinaryPrimitives.ReadUInt16LittleEndian(_bytes) >> 12;

    /// <summary>The captured datagrams, without padding.</summary>
    public ReadOnlySpan<byte> Payload => _bytes.Slice(Size, Math.Min(DeclaredLength, _bytes.Length - Size));

    /// <summary>Reads the header at the start of <paramref name="source"/>.</summary>
    /// <returns><see langword="false"/> for fewer than two bytes; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out EtherCatHeader header, out PacketDefect defect)
    {
        bool whole = source.Length >= Size;
        header = whole ? new EtherCatHeader(source) : default;
        defect = whole ? PacketDefect.None : PacketDefect.Truncated;
        return whole;
    }
}
