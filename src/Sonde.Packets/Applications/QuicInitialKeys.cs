using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sonde.Packets.Applications;

/// <summary>The keys of a client's Initial packets: derived from a connection id that everybody sees (RFC 9001, section 5.2).</summary>
internal sealed class QuicInitialKeys : IDisposable
{
    private const int TagSize = 16;
    private const int SampleSize = 16;
    private const int NonceSize = 12;

    private static readonly byte[] s_salt1 = Convert.FromHexString("38762CF7F55934B34D179AE6A4C80CADCCBB7F0A");
    private static readonly byte[] s_salt2 = Convert.FromHexString("0DEDE3DEF700A6DB819381BE6E269DCBF9BD2ED9");

    private readonly AesGcm _packets;
    private readonly Aes _headers;
    private readonly byte[] _iv;

    public QuicInitialKeys(uint version, ReadOnlySpan<byte> destinationConnectionId)
    {
        bool isVersion2 = version == QuicInitial.Version2;
        Span<byte> initial = stackalloc byte[32];
        HKDF.Extract(HashAlgorithmName.SHA256, destinationConnectionId, isVersion2 ? s_salt2 : s_salt1, initial);
        Span<byte> secret = stackalloc byte[32];
        ExpandLabel(initial, "client in", secret);

        Span<byte> key = stackalloc byte[16];
        ExpandLabel(secret, isVersion2 ? "quicv2 key" : "quic key", key);
        _packets = new AesGcm(key, TagSize);
        _iv = new byte[NonceSize];
        ExpandLabel(secret, isVersion2 ? "quicv2 iv" : "quic iv", _iv);
        ExpandLabel(secret, isVersion2 ? "quicv2 hp" : "quic hp", key);
        _headers = Aes.Create();
        _headers.SetKey(key);
    }

    public void Dispose()
    {
        _packets.Dispose();
        _headers.Dispose();
    }

    /// <summary>Decrypts one packet.</summary>
    /// <returns>Its frames; <see langword="null"/> when it was not encrypted with these keys.</returns>
    public byte[]? Decrypt(ReadOnlySpan<byte> packet, int packetNumberOffset)
    {
        // The sample is taken as if the packet number had four bytes (RFC 9001, section 5.4.2).
        if (packet.Length < packetNumberOffset + 4 + SampleSize)
        {
            return null;
        }

        Span<byte> mask = stackalloc byte[SampleSize];
#pragma warning disable CA5358 // one block, and the protocol says so: ECB is how the mask is defined
        _headers.EncryptEcb(packet.Slice(packetNumberOffset + 4, SampleSize), mask, PaddingMode.None);
#pragma warning restore CA5358

        byte[] header = packet[..(packetNumberOffset + 4)].ToArray();
        header[0] ^= (byte)(mask[0] & 0x0F);
        int numberLength = (header[0] & 3) + 1;
        uint number = 0;
        for (int i = 0; i < numberLength; i++)
        {
            header[packetNumberOffset + i] ^= mask[1 + i];
            number = (number << 8) | header[packetNumberOffset + i];
        }

        // Only the packet number's low bytes are sent; those of a connection's first packets are all there is.
        Span<byte> nonce = stackalloc byte[NonceSize];
        _iv.CopyTo(nonce);
        Span<byte> numberPlace = nonce[8..];
        BinaryPrimitives.WriteUInt32BigEndian(numberPlace, BinaryPrimitives.ReadUInt32BigEndian(numberPlace) ^ number);

        int headerLength = packetNumberOffset + numberLength;
        ReadOnlySpan<byte> sealedBytes = packet[headerLength..];
        byte[] plain = new byte[sealedBytes.Length - TagSize];
        try
        {
            _packets.Decrypt(nonce, sealedBytes[..^TagSize], sealedBytes[^TagSize..], plain, header.AsSpan(0, headerLength));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    // RFC 8446, section 7.1, with an empty context.
    private static void ExpandLabel(ReadOnlySpan<byte> secret, string label, Span<byte> output)
    {
        Span<byte> info = stackalloc byte[32];
        int length = Encoding.ASCII.GetBytes("tls13 ", info[3..]) + Encoding.ASCII.GetBytes(label, info[9..]);
        BinaryPrimitives.WriteUInt16BigEndian(info, (ushort)output.Length);
        info[2] = (byte)length;
        info[3 + length] = 0;
        HKDF.Expand(HashAlgorithmName.SHA256, secret, output, info[..(4 + length)]);
    }
}
