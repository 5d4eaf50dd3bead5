using System.Buffers.Binary;
using System.Text;

namespace Sonde.Packets.Applications;

/// <summary>The first message of a TLS client (RFC 8446, section 4.1.2), read in place: which server it wants, and what it will speak there.</summary>
/// <remarks>A hello may be longer than a segment: what the captured part tells is read, and <see cref="IsComplete"/> says whether that was all.</remarks>
public readonly ref struct TlsClientHello
{
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;
    private const int ServerNameExtension = 0;
    private const int AlpnExtension = 16;
    private const int SupportedVersionsExtension = 43;
    private const int EncryptedHelloExtension = 0xFE0D;

    private TlsClientHello(ReadOnlySpan<byte> serverName, ReadOnlySpan<byte> protocols, ushort version, bool isEncrypted, bool isComplete)
    {
        ServerName = serverName;
        ApplicationProtocols = new TlsProtocolNames(protocols);
        Version = version;
        HasEncryptedHello = isEncrypted;
        IsComplete = isComplete;
    }

    /// <summary>The server's name in ASCII (SNI, RFC 6066); empty when none is there, or when it is no host name.</summary>
    public ReadOnlySpan<byte> ServerName { get; }

    /// <summary>The protocols that the client speaks within TLS (ALPN, RFC 7301), the one it likes best first.</summary>
    public TlsProtocolNames ApplicationProtocols { get; }

    /// <summary>The newest version that the client offers: 0x0303 is TLS 1.2, 0x0304 TLS 1.3.</summary>
    public ushort Version { get; }

    /// <summary>Whether a second hello is encrypted within (RFC 9849): <see cref="ServerName"/> then is that of the provider. Clients also send it without meaning.</summary>
    public bool HasEncryptedHello { get; }

    /// <summary>Whether the bytes reached to the hello's end.</summary>
    public bool IsComplete { get; }

    /// <summary>Reads the hello in the TLS record at the start of <paramref name="source"/>, the payload of a client's first segment.</summary>
    /// <remarks>Of a hello that is spread over several records, the first is read.</remarks>
    /// <returns><see langword="false"/> for bytes that are no hello, or end before its session; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out TlsClientHello hello, out PacketDefect defect)
    {
        hello = default;
        if (source.Length > 0 && source[0] != HandshakeRecord)
        {
            defect = PacketDefect.Unsupported;
            return false;
        }

        if (source.Length < 5)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        if (source[1] != 3)
        {
            defect = PacketDefect.BadVersion;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(source[3..]);
        return TryParseHandshake(source.Slice(5, Math.Min(length, source.Length - 5)), out hello, out defect);
    }

    /// <summary>Reads a hello that is not in a record, as QUIC carries it.</summary>
    /// <returns><see langword="false"/> for bytes that are no hello, or end before its session; never throws.</returns>
    public static bool TryParseHandshake(ReadOnlySpan<byte> source, out TlsClientHello hello, out PacketDefect defect)
    {
        hello = default;
        if (source.Length > 0 && source[0] != ClientHelloMessage)
        {
            defect = PacketDefect.Unsupported;
            return false;
        }

        // Type and length, version, random, session: 4 + 2 + 32 + 1 bytes before anything of variable length.
        if (source.Length < 39)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        int length = (source[1] << 16) | (source[2] << 8) | source[3];
        bool isComplete = length <= source.Length - 4;
        ReadOnlySpan<byte> body = source.Slice(4, Math.Min(length, source.Length - 4));
        if (body.Length < 35)
        {
            defect = PacketDefect.BadLength;
            return false;
        }

        ushort version = BinaryPrimitives.ReadUInt16BigEndian(body);
        var rest = new Reader(body[34..]);
        bool reached = rest.TrySkip(1) && rest.TrySkip(2) && rest.TrySkip(1);
        hello = ReadExtensions(reached ? rest.Bytes : default, version, isComplete);
        defect = PacketDefect.None;
        return true;
    }

    /// <summary>The server's name as a string; empty when there is none.</summary>
    public string GetServerName() => Encoding.ASCII.GetString(ServerName);

    private static TlsClientHello ReadExtensions(ReadOnlySpan<byte> bytes, ushort version, bool isComplete)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> protocols = default;
        bool isEncrypted = false;
        if (bytes.Length >= 2)
        {
            int declared = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes.Slice(2, Math.Min(declared, bytes.Length - 2));
        }

        while (bytes.Length >= 4)
        {
            int length = Math.Min((int)BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), bytes.Length - 4);
            ReadOnlySpan<byte> data = bytes.Slice(4, length);
            switch (BinaryPrimitives.ReadUInt16BigEndian(bytes))
            {
                case ServerNameExtension:
                    name = ReadServerName(data);
                    break;
                case AlpnExtension:
                    protocols = data.Length >= 2 ? data[2..] : default;
                    break;
                case SupportedVersionsExtension:
                    version = ReadVersion(data, version);
                    break;
                case EncryptedHelloExtension:
                    isEncrypted = true;
                    break;
                default:
                    break;
            }

            bytes = bytes[(4 + length)..];
        }

        return new TlsClientHello(name, protocols, version, isEncrypted, isComplete);
    }

    // RFC 6066, section 3: a list of names, of which only host names (type 0) were ever defined.
    private static ReadOnlySpan<byte> ReadServerName(ReadOnlySpan<byte> data)
    {
        if (data.Length < 5 || data[2] != 0)
        {
            return default;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
        ReadOnlySpan<byte> name = length <= data.Length - 5 ? data.Slice(5, length) : default;
        return IsHostName(name) ? name : default;
    }

    private static bool IsHostName(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= 255 && name.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0;

    // RFC 8446, section 4.2.1; values of the form 0x?A?A are there to be ignored (RFC 8701).
    private static ushort ReadVersion(ReadOnlySpan<byte> data, ushort legacy)
    {
        ushort newest = 0;
        for (int at = 1; at + 1 < data.Length && at < 1 + data[0]; at += 2)
        {
            ushort offered = BinaryPrimitives.ReadUInt16BigEndian(data[at..]);
            newest = (offered & 0x0F0F) == 0x0A0A ? newest : Math.Max(newest, offered);
        }

        return newest == 0 ? legacy : newest;
    }

    // Skips fields that give their own length.
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        public ReadOnlySpan<byte> Bytes { get; private set; } = bytes;

        public bool TrySkip(int lengthSize)
        {
            if (Bytes.Length < lengthSize)
            {
                return false;
            }

            int length = lengthSize == 1 ? Bytes[0] : BinaryPrimitives.ReadUInt16BigEndian(Bytes);
            if (length > Bytes.Length - lengthSize)
            {
                return false;
            }

            Bytes = Bytes[(lengthSize + length)..];
            return true;
        }
    }
}
