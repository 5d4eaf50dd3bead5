using System.Globalization;
using System.Text;

namespace Sonde.Packets.Printing;

/// <summary>Text being written into a span that may prove too small: what does not fit is left out, and <see cref="Overflowed"/> tells.</summary>
internal ref struct TextSink
{
    private readonly Span<char> _room;

    public TextSink(Span<char> room)
    {
        _room = room;
        Length = 0;
        Overflowed = false;
    }

    /// <summary>How many characters stand there.</summary>
    public int Length { get; private set; }

    /// <summary>Whether anything was left out.</summary>
    public bool Overflowed { get; private set; }

    public readonly ReadOnlySpan<char> Written => _room[..Length];

    public void Append(char c)
    {
        if (Overflowed || Length == _room.Length)
        {
            Overflowed = true;
            return;
        }

        _room[Length++] = c;
    }

    public void Append(scoped ReadOnlySpan<char> text)
    {
        if (Overflowed || !text.TryCopyTo(_room[Length..]))
        {
            Overflowed = true;
            return;
        }

        Length += text.Length;
    }

    /// <summary>Takes blanks at the end back.</summary>
    public void TrimEnd()
    {
        while (Length > 0 && _room[Length - 1] == ' ')
        {
            Length--;
        }
    }

    public void Append(long number) => Advance(number.TryFormat(Rest, out int written, default, CultureInfo.InvariantCulture), written);

    public void AppendHex(ulong number, int digits)
    {
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        {
            Append("0123456789abcdef"[(int)(number >> shift) & 0xF]);
        }
    }

    public void AppendHex(scoped ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            AppendHex(b, 2);
        }
    }

    public void Append(InternetAddress address) => Advance(address.TryFormat(Rest, out int written), written);

    public void Append(MacAddress address) => Advance(address.TryFormat(Rest, out int written), written);

    /// <summary>Text from the wire: whatever a terminal might obey is escaped as \DDD, and so is each byte that is no UTF-8.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="alsoEscaped">Characters that get a backslash before them.</param>
    public void AppendUntrusted(scoped ReadOnlySpan<byte> bytes, scoped ReadOnlySpan<char> alsoEscaped = default)
    {
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty && !Overflowed)
        {
            bool valid = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            if (valid && IsHarmless(rune))
            {
                if (rune.IsAscii && alsoEscaped.Contains((char)rune.Value))
                {
                    Append('\\');
                }

                Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else
            {
                foreach (byte b in bytes[..length])
                {
                    Append('\\');
                    Append((char)('0' + (b / 100)));
                    Append((char)('0' + (b / 10 % 10)));
                    Append((char)('0' + (b % 10)));
                }
            }

            bytes = bytes[length..];
        }
    }

    // Controls move the cursor, format characters reverse or hide text, separators break the line.
    private static bool IsHarmless(Rune rune) => rune.IsAscii
        ? rune.Value is >= 0x20 and < 0x7F
        : Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private readonly Span<char> Rest => Overflowed ? default : _room[Length..];

    private void Advance(bool fitted, int written)
    {
        Overflowed |= !fitted;
        Length += fitted ? written : 0;
    }
}
