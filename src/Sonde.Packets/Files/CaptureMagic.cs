using System.Buffers.Binary;

namespace Sonde.Packets.Files;

/// <summary>The first four bytes of capture files, and of what people take for one.</summary>
internal static class CaptureMagic
{
    internal const int Size = 4;
    internal const uint Microseconds = 0xA1B2C3D4;
    internal const uint Nanoseconds = 0xA1B23C4D;
    internal const uint SectionHeader = 0x0A0D0D0A; // reads the same in both byte orders
    internal const uint ByteOrder = 0x1A2B3C4D;

    internal static CaptureFormat Recognise(ReadOnlySpan<byte> start)
    {
        if (start.Length < Size)
        {
            return CaptureFormat.Unknown;
        }

        uint big = BinaryPrimitives.ReadUInt32BigEndian(start);
        return big == SectionHeader ? CaptureFormat.PcapNg
            : IsPcap(big) || IsPcap(BinaryPrimitives.ReverseEndianness(big)) ? CaptureFormat.Pcap
            : CaptureFormat.Unknown;
    }

    internal static bool IsPcap(uint magic) => magic is Microseconds or Nanoseconds;

    /// <summary>The name of a format that is known, but not read; null for any other bytes.</summary>
    internal static string? NameOfUnsupported(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return "a gzip-compressed file";
        }

        if (start.Length < Size)
        {
            return null;
        }

        uint big = BinaryPrimitives.ReadUInt32BigEndian(start);
        return NameOfPcapVariant(big) ?? NameOfPcapVariant(BinaryPrimitives.ReverseEndianness(big)) ?? NameOfOther(big);
    }

    // The magics of libpcap's sf-pcap.c and Wireshark's libpcap.h. All have record headers of another size or meaning.
    private static string? NameOfPcapVariant(uint magic) => magic switch
    {
        0xA1B2CD34 => "modified pcap (Kuznetzov's, with longer record headers)",
        0xA1B234CD => "modified pcap (Mesquita's)",
        0xA12B3C4D => "modified pcap (Navtel's, with nanoseconds)",
        0xA1B2C3CB => "pcap with an embedded BPF program (CBPF)",
        0x1C0001AC => "Ixia lcap (hardware capture)",
        0x1C0001AB => "Ixia lcap (software capture)",
        _ => null,
    };

    private static string? NameOfOther(uint big) => big switch
    {
        0x28B52FFD => "a zstd-compressed file",
        0x04224D18 => "an lz4-compressed file",
        0xFD377A58 => "an xz-compressed file",
        0x425A6839 => "a bzip2-compressed file",
        0x504B0304 => "a zip archive",
        0x736E6F6F => "a snoop file",
        0x6274736E => "a btsnoop file",
        0x474D4255 or 0x52545353 => "a Microsoft Network Monitor file",
        _ => null,
    };
}
