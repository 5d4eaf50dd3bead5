using System.Globalization;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Walks the lines of a /proc file and the fields of a line. A last line without its end was torn off and is not shown.</summary>
internal ref struct ProcLines
{
    private ReadOnlySpan<byte> _rest;

    internal ProcLines(ReadOnlySpan<byte> text) => _rest = text;

    /// <summary>The line in hand, without its end.</summary>
    internal ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Whether bytes without a line's end are left: a line that was cut, whose last number may be cut too.</summary>
    internal readonly bool IsTorn => !_rest.IsEmpty && _rest.IndexOf((byte)'\n') < 0;

    internal bool MoveNext()
    {
        int end = _rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            return false;
        }

        Current = _rest[..end];
        _rest = _rest[(end + 1)..];
        return true;
    }

    /// <summary>Takes the next field, which spaces or tabs separate from others.</summary>
    /// <returns><see langword="false"/> at the end of the line.</returns>
    internal static bool TryField(ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> field)
    {
        line = line.TrimStart(" \t"u8);
        int end = line.IndexOfAny((byte)' ', (byte)'\t');
        field = end < 0 ? line : line[..end];
        line = line[field.Length..];
        return !field.IsEmpty;
    }

    internal static bool TryDecimal(ref ReadOnlySpan<byte> line, out ulong value)
    {
        value = 0;
        return TryField(ref line, out ReadOnlySpan<byte> field) && ulong.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    internal static bool TryHexadecimal(ref ReadOnlySpan<byte> line, out uint value)
    {
        value = 0;
        return TryField(ref line, out ReadOnlySpan<byte> field)
            && uint.TryParse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Takes an IPv6 address as the kernel prints it in /proc: 32 digits, no colons.</summary>
    internal static bool TryAddress(ref ReadOnlySpan<byte> line, out UInt128 value)
    {
        value = default;
        return TryField(ref line, out ReadOnlySpan<byte> field)
            && field.Length == 32
            && UInt128.TryParse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
