using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Sonde.Host.Privileges.Windows;

/// <summary>A security identifier (SID, winnt.h) read in place.</summary>
internal readonly ref struct SecurityId
{
    private const int HeaderSize = 8; // revision, count, six bytes of authority
    private const int MaximumSubAuthorities = 15;

    private readonly ReadOnlySpan<byte> _bytes;

    private SecurityId(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Exactly the bytes of the identifier.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The last sub-authority, which tells accounts and integrity levels apart; 0 when there is none.</summary>
    internal uint RelativeId => _bytes.Length > HeaderSize ? BinaryPrimitives.ReadUInt32LittleEndian(_bytes[^4..]) : 0;

    /// <summary>Whether it is the group Administrators (S-1-5-32-544).</summary>
    internal bool IsAdministrators =>
        _bytes.SequenceEqual((ReadOnlySpan<byte>)[1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 0x02, 0, 0]);

    /// <summary>Reads the identifier at the start of <paramref name="source"/>, which other bytes may follow.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> source, out SecurityId sid)
    {
        sid = default;
        if (source.Length < HeaderSize || source[0] != 1 || source[1] > MaximumSubAuthorities)
        {
            return false;
        }

        int size = HeaderSize + (source[1] * sizeof(uint));
        if (source.Length < size)
        {
            return false;
        }

        sid = new SecurityId(source[..size]);
        return true;
    }

    /// <summary>The usual text: "S-1-5-32-544".</summary>
    public override string ToString()
    {
        ulong authority = ((ulong)BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]) << 32) | BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

        // Authorities that need more than 32 bits are written in hexadecimal ([MS-DTYP] 2.4.2.1).
        StringBuilder text = new StringBuilder("S-1-").Append(
            authority <= uint.MaxValue
                ? authority.ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"0x{authority:X12}"));
        for (int at = HeaderSize; at < _bytes.Length; at += sizeof(uint))
        {
            text.Append('-').Append(BinaryPrimitives.ReadUInt32LittleEndian(_bytes[at..]));
        }

        return text.ToString();
    }
}
