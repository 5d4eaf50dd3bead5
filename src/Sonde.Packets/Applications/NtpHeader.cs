using System.Buffers.Binary;

namespace Sonde.Packets.Applications;

/// <summary>An NTP message (RFC 5905), read in place.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct NtpHeader
{
    /// <summary>The length without extensions, in bytes.</summary>
    public const int Size = 48;

    /// <summary>The UDP port of NTP.</summary>
    public const ushort Port = 123;

    private readonly ReadOnlySpan<byte> _bytes;

    private NtpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>0 to 2 for the leap second to come, 3 when the sender's clock is not synchronised.</summary>
    public int LeapIndicator => _bytes[0] >> 6;

    /// <summary>The version of the protocol, 1 to 4.</summary>
    public int Version => (_bytes[0] >> 3) & 7;

    /// <summary>3 for a client, 4 for a server, 5 for a broadcast.</summary>
    public int Mode => _bytes[0] & 7;

    /// <summary>How far the sender is from a clock of reference: 1 has one, 0 and 16 know no time.</summary>
    public byte Stratum => _bytes[1];

    /// <summary>What the sender is synchronised to: four letters at stratum 1, an address or a hash beyond.</summary>
    public uint ReferenceId => BinaryPrimitives.ReadUInt32BigEndian(_bytes[12..]);

    /// <summary>When it was sent: seconds since 1900 in the upper half, fractions in the lower.</summary>
    public ulong TransmitTimestamp => BinaryPrimitives.ReadUInt64BigEndian(_bytes[40..]);

    /// <summary>Reads the message at the start of <paramref name="source"/>, a UDP payload.</summary>
    /// <returns><see langword="false"/> for cut bytes, other versions, and the control messages of modes 6 and 7; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out NtpHeader header, out PacketDefect defect)
    {
        header = default;
        if (source.Length < Size)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        int version = (source[0] >> 3) & 7;
        int mode = source[0] & 7;
        if (version is < 1 or > 4 || mode is 0 or > 5)
        {
            defect = version is < 1 or > 4 ? PacketDefect.BadVersion : PacketDefect.Unsupported;
            return false;
        }

        header = new NtpHeader(source);
        defect = PacketDefect.None;
        return true;
    }
}
