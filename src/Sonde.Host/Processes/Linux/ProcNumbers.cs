namespace Sonde.Host.Processes.Linux;

/// <summary>Takes decimal numbers, with one blank between two, from the front of a line: the kernel prints them so, a thousand a millisecond must be read.</summary>
internal ref struct ProcNumbers
{
    private readonly ReadOnlySpan<byte> _text;
    private int _at;

    internal ProcNumbers(ReadOnlySpan<byte> text) => _text = text;

    internal readonly bool IsAtEnd => _at >= _text.Length;

    internal bool TryUInt64(out ulong value)
    {
        value = 0;
        ReadOnlySpan<byte> text = _text;
        int at = _at;
        int start = at;
        while ((uint)at < (uint)text.Length)
        {
            uint digit = (uint)text[at] - '0';
            if (digit > 9)
            {
                break;
            }

            // Nineteen digits always fit; a twentieth may not.
            if (at - start >= 19 && (value > (ulong.MaxValue - digit) / 10 || at - start >= 20))
            {
                return false;
            }

            value = (value * 10) + digit;
            at++;
        }

        if (at == start || ((uint)at < (uint)text.Length && text[at] != ' '))
        {
            return false;
        }

        _at = at + 1;
        return true;
    }

    /// <summary>Takes a number with a sign; one above the largest positive number is taken as its bits, as the kernel prints addresses.</summary>
    internal bool TryInt64(out long value)
    {
        bool isNegative = (uint)_at < (uint)_text.Length && _text[_at] == '-';
        if (isNegative)
        {
            _at++;
        }

        if (!TryUInt64(out ulong digits) || (isNegative && digits > 1UL << 63))
        {
            value = 0;
            return false;
        }

        value = isNegative ? unchecked(-(long)digits) : unchecked((long)digits);
        return true;
    }

    internal bool TryInt32(out int value)
    {
        bool isNumber = TryInt64(out long number) && number is >= int.MinValue and <= int.MaxValue;
        value = isNumber ? (int)number : 0;
        return isNumber;
    }
}
