namespace Sonde.Packets;

/// <content>How an address is written: dotted decimal, or the shortest form of RFC 5952.</content>
public readonly partial struct InternetAddress
{
    private static int FormatIPv4(Span<char> text, uint address)
    {
        int at = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            uint part = (address >> shift) & 0xFF;
            if (part >= 100)
            {
                text[at++] = (char)('0' + (part / 100));
            }

            if (part >= 10)
            {
                text[at++] = (char)('0' + (part / 10 % 10));
            }

            text[at++] = (char)('0' + (part % 10));
            if (shift > 0)
            {
                text[at++] = '.';
            }
        }

        return at;
    }

    private static int FormatGroup(Span<char> text, int group)
    {
        int at = 0;
        for (int shift = 12; shift >= 0; shift -= 4)
        {
            int digit = (group >> shift) & 0xF;
            if (digit != 0 || at > 0 || shift == 0)
            {
                text[at++] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
            }
        }

        return at;
    }

    // RFC 5952, section 4.2: the longest run of two or more zero groups is shortened, the first of several as long.
    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<ushort> groups)
    {
        int start = -1;
        int length = 1;
        for (int i = 0; i < groups.Length; i++)
        {
            int end = i;
            while (end < groups.Length && groups[end] == 0)
            {
                end++;
            }

            if (end - i > length)
            {
                start = i;
                length = end - i;
            }

            i = Math.Max(i, end);
        }

        return (start, start < 0 ? 0 : length);
    }

    private int Format(Span<char> text)
    {
        if (IsIPv4)
        {
            return FormatIPv4(text, (uint)_low);
        }

        Span<ushort> groups = stackalloc ushort[8];
        for (int i = 0; i < 8; i++)
        {
            groups[i] = (ushort)((i < 4 ? _high : _low) >> (48 - (16 * (i % 4))));
        }

        (int start, int length) = LongestZeroRun(groups);
        int at = 0;
        for (int i = 0; i < 8; i++)
        {
            if (i == start)
            {
                text[at++] = ':';
                if (i == 0)
                {
                    text[at++] = ':';
                }

                i += length - 1;
                continue;
            }

            at += FormatGroup(text[at..], groups[i]);
            if (i < 7)
            {
                text[at++] = ':';
            }
        }

        return at;
    }
}
