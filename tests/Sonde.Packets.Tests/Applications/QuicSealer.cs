using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sonde.Packets.Tests.Applications;

/// <summary>Makes client Initial packets with the keys that the RFCs print for connection id 8394c8f03e515708, so that no key derivation is shared with what is tested.</summary>
internal sealed record QuicSealer(uint Version, string Key, string Iv, string HeaderKey)
{
    /// <summary>RFC 9001, appendix A.1.</summary>
    public static readonly QuicSealer Version1 = new(
        1, "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2");

    /// <summary>RFC 9369, appendix A.1.</summary>
    public static readonly QuicSealer Version2 = new(
        0x6B3343CF, "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9");

    /// <summary>The frame in the examples of both RFCs: the hello of a client that wants example.com.</summary>
    public static readonly byte[] CryptoFrame = Convert.FromHexString(
        "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868"
        + "04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
        + "616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
        + "04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
        + "baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400"
        + "0d0010000e0403050306030203080408050806002d00020101001c0002400100"
        + "3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
        + "75300901100f088394c8f03e51570806048000ffff");

    /// <summary>The hello within <see cref="CryptoFrame"/>.</summary>
    public static ReadOnlySpan<byte> Hello => CryptoFrame.AsSpan(4);

    /// <summary>Encrypts frames, padded to a length, as packet <paramref name="number"/>.</summary>
    public byte[] Seal(ReadOnlySpan<byte> frames, int paddedLength, uint number)
    {
        byte[] header = Convert.FromHexString((Version == 1 ? "c3" : "d3") + Version.ToString("x8") + "088394c8f03e5157080000" + "0000" + number.ToString("x8"));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(header.Length - 6), (ushort)(0x4000 | (paddedLength + 4 + 16)));

        byte[] plain = new byte[paddedLength];
        frames.CopyTo(plain);
        byte[] nonce = Convert.FromHexString(Iv);
        BinaryPrimitives.WriteUInt32BigEndian(nonce.AsSpan(8), BinaryPrimitives.ReadUInt32BigEndian(nonce.AsSpan(8)) ^ number);

        byte[] packet = new byte[header.Length + paddedLength + 16];
        header.CopyTo(packet, 0);
        using var gcm = new AesGcm(Convert.FromHexString(Key), 16);
        gcm.Encrypt(nonce, plain, packet.AsSpan(header.Length, paddedLength), packet.AsSpan(header.Length + paddedLength), header);

        using Aes aes = Aes.Create();
        aes.Key = Convert.FromHexString(HeaderKey);
#pragma warning disable CA5358 // QUIC's header protection is one block of ECB
        byte[] mask = aes.EncryptEcb(packet.AsSpan(header.Length, 16), PaddingMode.None);
#pragma warning restore CA5358
        packet[0] ^= (byte)(mask[0] & 0xF);
        for (int i = 0; i < 4; i++)
        {
            packet[header.Length - 4 + i] ^= mask[1 + i];
        }

        return packet;
    }
}
