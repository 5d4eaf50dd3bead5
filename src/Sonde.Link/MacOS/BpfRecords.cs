using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Packets.Files;

namespace Sonde.Link.MacOS;

/// <summary>Walks over the records that one read of a BPF device returned (bpf(4)): several frames, each behind a header of its own.</summary>
internal static class BpfRecords
{
    /// <summary>The kernel's own SIZEOF_BPF_HDR: the compiler's is 20, but on Ethernet the frame begins behind the 18th byte.</summary>
    internal const int HeaderBytes = 18;

    /// <summary>The extended header of macOS 11 to 14, the shortest there is.</summary>
    internal const int ExtendedHeaderBytes = 60;

    /// <summary>Where the flags of the extended header stand in macOS 11 and 12; since 13 the length of a compressed prefix is there, 0 unless asked for.</summary>
    internal const int EarlyFlagsOffset = 18;

    /// <summary>Where the flags of the extended header stand since macOS 13; in 11 and 12 this is padding, 0.</summary>
    internal const int FlagsOffset = 19;

    /// <summary>Takes the record at <paramref name="at"/> and moves behind it.</summary>
    /// <param name="bytes">What was read.</param>
    /// <param name="isExtended">Whether the extended header was asked for (BIOCSEXTHDR).</param>
    /// <param name="at">Where the record begins; 0 at first.</param>
    /// <param name="record">The record.</param>
    /// <param name="isTorn">Whether what stands here is no record; then <paramref name="at"/> moves to the end, for nothing says where the next one begins.</param>
    /// <returns><see langword="false"/> at the end.</returns>
    internal static bool TryTake(ReadOnlySpan<byte> bytes, bool isExtended, ref int at, out BpfRecord record, out bool isTorn)
    {
        record = default;
        isTorn = false;

        // The last record may lack its padding, so that the place of the next one lies behind the end.
        if (at >= bytes.Length)
        {
            at = bytes.Length;
            return false;
        }

        ReadOnlySpan<byte> rest = bytes[at..];
        if (!NativeStruct.TryRead(rest, out bpf_hdr header))
        {
            // The two bytes that the compiler adds need not be there.
            header = NativeStruct.ReadPrefix<bpf_hdr>(rest);
        }

        int headerBytes = header.bh_hdrlen;
        long end = headerBytes + (long)header.bh_caplen;
        if (rest.Length < HeaderBytes || headerBytes < HeaderBytes || end > rest.Length)
        {
            isTorn = true;
            at = bytes.Length;
            return false;
        }

        record = new BpfRecord(
            at + headerBytes,
            (int)header.bh_caplen,
            (int)Math.Min(Math.Max(header.bh_datalen, header.bh_caplen), int.MaxValue),
            Nanoseconds(header.bh_tstamp),
            isExtended ? DirectionOf(rest, headerBytes) : PacketDirection.Unknown);
        at += (int)Math.Min((end + Darwin.BPF_ALIGNMENT - 1) & -Darwin.BPF_ALIGNMENT, rest.Length);
        return true;
    }

    // Seconds are 32 bits wide; read without a sign they last until 2106.
    private static long Nanoseconds(timeval32 time) => ((uint)time.tv_sec * 1_000_000_000L) + (time.tv_usec * 1000L);

    // One of the two bytes is the flags, the other is zero: no need to know the release.
    private static PacketDirection DirectionOf(ReadOnlySpan<byte> header, int headerBytes) =>
        headerBytes < ExtendedHeaderBytes ? PacketDirection.Unknown
        : ((header[EarlyFlagsOffset] | header[FlagsOffset]) & Darwin.BPF_HDR_EXT_FLAGS_DIR_OUT) != 0 ? PacketDirection.Outbound
        : PacketDirection.Inbound;
}
