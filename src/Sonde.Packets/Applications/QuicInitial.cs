using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sonde.Packets.Applications;

/// <summary>What a QUIC client's first datagram says: the hello of its TLS, decrypted with the keys that everybody on the path can derive (RFC 9001, section 5.2).</summary>
/// <remarks>Unlike the header views this allocates: a connection has one such datagram, or a few.</remarks>
public sealed class QuicInitial
{
    /// <summary>The number of version 1 (RFC 9000).</summary>
    public const uint Version1 = 1;

    /// <summary>The number of version 2 (RFC 9369).</summary>
    public const uint Version2 = 0x6B3343CF;

    private const int MaxConnectionIdLength = 20;

    private QuicInitial(uint version, byte[] destination, byte[] source, int packets, string serverName, string[] protocols, bool isComplete)
    {
        Version = version;
        DestinationConnectionId = destination;
        SourceConnectionId = source;
        PacketCount = packets;
        ServerName = serverName;
        ApplicationProtocols = protocols;
        IsComplete = isComplete;
    }

    /// <summary>The version of QUIC: <see cref="Version1"/> or <see cref="Version2"/>.</summary>
    public uint Version { get; }

    /// <summary>What the client calls the server: random, and the source of the keys.</summary>
    public ReadOnlyMemory<byte> DestinationConnectionId { get; }

    /// <summary>What the client calls itself.</summary>
    public ReadOnlyMemory<byte> SourceConnectionId { get; }

    /// <summary>How many Initial packets the datagram holds.</summary>
    public int PacketCount { get; }

    /// <summary>The name of the server (SNI); empty when the datagram has none, or not its part of the hello.</summary>
    public string ServerName { get; }

    /// <summary>The protocols that the client speaks (ALPN), "h3" for instance.</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; }

    /// <summary>Whether the whole hello was in this datagram; large ones take two.</summary>
    public bool IsComplete { get; }

    /// <summary>Whether a UDP payload begins as a client's Initial packet does; cheap, to be asked before <see cref="TryDecrypt"/>.</summary>
    public static bool IsCandidate(ReadOnlySpan<byte> datagram) => TryParseHeader(datagram, out _, out _);

    /// <summary>Decrypts the Initial packets in a client's datagram and puts the pieces of its hello in order.</summary>
    /// <param name="datagram">The UDP payload, complete.</param>
    /// <param name="initial">What it says.</param>
    /// <param name="defect"><see cref="PacketDefect.Malformed"/> when it does not decrypt: sent by a server, or later in the connection.</param>
    /// <returns>Whether there was a hello, or its beginning; never throws.</returns>
    public static bool TryDecrypt(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out QuicInitial? initial, out PacketDefect defect)
    {
        initial = null;
        if (!TryParseHeader(datagram, out QuicLongHeader first, out defect))
        {
            return false;
        }

        var stream = new QuicCryptoStream();
        int packets = AddPackets(datagram, first, stream, out defect);
        if (!TlsClientHello.TryParseHandshake(stream.Contiguous, out TlsClientHello hello, out PacketDefect helloDefect))
        {
            defect = defect == PacketDefect.None ? helloDefect : defect;
            return false;
        }

        var protocols = new List<string>();
        foreach (ReadOnlySpan<byte> name in hello.ApplicationProtocols)
        {
            protocols.Add(Encoding.ASCII.GetString(name));
        }

        initial = new QuicInitial(
            first.Version, first.Destination.ToArray(), first.Source.ToArray(), packets, hello.GetServerName(), [.. protocols], hello.IsComplete);
        defect = PacketDefect.None;
        return true;
    }

    /// <summary>Takes the pieces of the hello out of a datagram's Initial packets.</summary>
    /// <returns>How many packets were decrypted.</returns>
    internal static int AddPackets(ReadOnlySpan<byte> datagram, in QuicLongHeader first, QuicCryptoStream stream, out PacketDefect defect)
    {
        using var keys = new QuicInitialKeys(first.Version, first.Destination);
        int packets = 0;
        defect = PacketDefect.None;

        // RFC 9000, section 12.2: packets of one datagram are for one connection, and Initial packets come first.
        ReadOnlySpan<byte> rest = datagram;
        while (TryParseHeader(rest, out QuicLongHeader header, out _) && header.Version == first.Version && header.Destination.SequenceEqual(first.Destination))
        {
            byte[]? payload = keys.Decrypt(rest[..header.End], header.PacketNumberOffset);
            if (payload is null || !stream.TryAddFrames(payload))
            {
                defect = PacketDefect.Malformed;
                break;
            }

            packets++;
            rest = rest[header.End..];
        }

        return packets;
    }

    internal static bool TryParseHeader(ReadOnlySpan<byte> source, out QuicLongHeader header, out PacketDefect defect)
    {
        header = default;
        if (source.IsEmpty || (source[0] & 0xC0) != 0xC0)
        {
            defect = source.IsEmpty ? PacketDefect.Truncated : PacketDefect.Unsupported;
            return false;
        }

        if (source.Length < 6)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        // The two bits of the type are numbered differently in version 2 (RFC 9369, section 3.2).
        uint version = BinaryPrimitives.ReadUInt32BigEndian(source[1..]);
        int type = (source[0] >> 4) & 3;
        if (version is not (Version1 or Version2) || type != (version == Version1 ? 0 : 1))
        {
            defect = version is Version1 or Version2 ? PacketDefect.Unsupported : PacketDefect.BadVersion;
            return false;
        }

        int at = 5;
        if (!TryReadId(source, ref at, out ReadOnlySpan<byte> destination)
            || !TryReadId(source, ref at, out ReadOnlySpan<byte> from)
            || !QuicVariableInteger.TryRead(source, ref at, out ulong tokenLength)
            || tokenLength > (ulong)(source.Length - at))
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        at += (int)tokenLength;
        if (!QuicVariableInteger.TryRead(source, ref at, out ulong length) || length > (ulong)(source.Length - at))
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        header = new QuicLongHeader(version, destination, from, at, at + (int)length);
        defect = PacketDefect.None;
        return true;
    }

    private static bool TryReadId(ReadOnlySpan<byte> source, scoped ref int at, out ReadOnlySpan<byte> id)
    {
        id = default;
        if (at >= source.Length || source[at] > MaxConnectionIdLength || source[at] > source.Length - at - 1)
        {
            return false;
        }

        id = source.Slice(at + 1, source[at]);
        at += 1 + id.Length;
        return true;
    }

    internal readonly ref struct QuicLongHeader(uint version, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> source, int packetNumberOffset, int end)
    {
        public uint Version { get; } = version;

        public ReadOnlySpan<byte> Destination { get; } = destination;

        public ReadOnlySpan<byte> Source { get; } = source;

        public int PacketNumberOffset { get; } = packetNumberOffset;

        public int End { get; } = end;
    }
}
