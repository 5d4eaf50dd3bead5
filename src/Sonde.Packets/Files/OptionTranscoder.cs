namespace Sonde.Packets.Files;

/// <summary>Copies a packet's options into a file of either byte order.</summary>
internal static class OptionTranscoder
{
    /// <summary>How many bytes <see cref="Write"/> needs, and how many options it will leave out.</summary>
    internal static int Measure(PcapNgOptions options, bool toBigEndian, out int leftOut)
    {
        int size = 0;
        leftOut = 0;
        foreach (PcapNgOption option in options)
        {
            if (CanCopy(option, options.IsBigEndian, toBigEndian))
            {
                size += 4 + FileBytes.Padded(option.Value.Length);
            }
            else
            {
                leftOut++;
            }
        }

        return size;
    }

    /// <summary>Writes the options, without their end.</summary>
    /// <returns>The room that is left.</returns>
    internal static Span<byte> Write(PcapNgOptions options, Span<byte> room, bool toBigEndian)
    {
        foreach (PcapNgOption option in options)
        {
            if (!CanCopy(option, options.IsBigEndian, toBigEndian))
            {
                continue;
            }

            int length = option.Value.Length;
            int padded = FileBytes.Padded(length);
            FileBytes.WriteUInt16(room, option.Code, toBigEndian);
            FileBytes.WriteUInt16(room[2..], (ushort)length, toBigEndian);
            Span<byte> value = room.Slice(4, length);
            option.Value.CopyTo(value);
            room[(4 + length)..(4 + padded)].Clear();
            if (options.IsBigEndian != toBigEndian)
            {
                NumberAt(option.Code, value).Reverse();
            }

            room = room[(4 + padded)..];
        }

        return room;
    }

    // Options of packets: 1 remark, 2 flags, 3 hash, 4 drops, 5 packet id, 6 queue, 7 verdict; 2988 and its kin are vendors' own,
    // of which the number of the vendor is all that can be known. Those with bit 14 set are not to be copied at all.
    private static bool CanCopy(PcapNgOption option, bool fromBigEndian, bool toBigEndian) => option.Code switch
    {
        19372 or 19373 => false,
        1 or 2 or 3 or 4 or 5 or 6 or 7 or 2988 or 2989 => true,
        _ => fromBigEndian == toBigEndian,
    };

    private static Span<byte> NumberAt(ushort code, Span<byte> value) => code switch
    {
        2 or 6 => value.Length == 4 ? value : default,
        4 or 5 => value.Length == 8 ? value : default,
        7 => value.Length == 9 ? value[1..] : default, // kind, then a number where the kernel gave the verdict
        2988 or 2989 => value.Length >= 4 ? value[..4] : default,
        _ => default,
    };
}
