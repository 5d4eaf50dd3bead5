using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>An IGMP message (RFC 1112, 2236, 3376) read in place: who wants to hear which group.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct IgmpHeader
{
    /// <summary>The length of the part that all versions have, in bytes.</summary>
    public const int Size = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private IgmpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>0x11 asks who listens; 0x12, 0x16 and 0x22 report (versions 1, 2, 3); 0x17 leaves.</summary>
    public byte Type => _bytes[0];

    /// <summary>How long a listener may take to answer, in tenths of a second; coded above 127 in version 3.</summary>
    public byte MaxResponseCode => _bytes[1];

    /// <summary>The checksum as sent.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>Whether it is a report of version 3, which lists groups instead of naming one.</summary>
    public bool IsVersion3Report => Type == 0x22;

    /// <summary>The group it is about; 0.0.0.0 for all, and in reports of version 3.</summary>
    public InternetAddress Group => IsVersion3Report ? InternetAddress.AnyIPv4 : InternetAddress.ReadIPv4(_bytes[4..]);

    /// <summary>How many groups a report of version 3 lists, as declared.</summary>
    public int RecordCount => IsVersion3Report ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) : 0;

    /// <summary>What follows, as captured: of version 3, sources or group records.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>Reads the message at the start of <paramref name="source"/>.</summary>
    /// <returns><see langword="false"/> for fewer than <see cref="Size"/> bytes; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out IgmpHeader header, out PacketDefect defect)
    {
        bool whole = source.Length >= Size;
        header = whole ? new IgmpHeader(source) : default;
        defect = whole ? PacketDefect.None : PacketDefect.Truncated;
        return whole;
    }
}
