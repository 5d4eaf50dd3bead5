using System.Buffers.Binary;
using System.Text;

namespace Sonde.Host.MacOS.PropertyLists;

/// <summary>The binary form of property lists (bplist00): values, a table of where each lies, and a trailer that says where that table is.</summary>
internal ref struct BinaryPropertyList
{
    private const int TrailerSize = 32;

    private readonly ReadOnlySpan<byte> _source;
    private readonly int _offsetSize;
    private readonly int _referenceSize;
    private readonly ulong _count;
    private readonly ulong _table;
    private int _values;
    private string? _defect;

    private BinaryPropertyList(ReadOnlySpan<byte> source)
    {
        _source = source;
        ReadOnlySpan<byte> trailer = source[^TrailerSize..];
        _offsetSize = trailer[6];
        _referenceSize = trailer[7];
        _count = BinaryPrimitives.ReadUInt64BigEndian(trailer[8..]);
        _table = BinaryPrimitives.ReadUInt64BigEndian(trailer[24..]);
    }

    /// <summary>Reads the value at the top; never throws.</summary>
    internal static object? Parse(ReadOnlySpan<byte> source, out string? defect)
    {
        if (source.Length < 8 + TrailerSize || !source.StartsWith("bplist0"u8))
        {
            defect = "it is too short for a binary property list, or of a version that is not known";
            return null;
        }

        var list = new BinaryPropertyList(source);
        if (list._offsetSize is < 1 or > 8 || list._referenceSize is < 1 or > 8 || list._table > (ulong)source.Length
            || list._count > ((ulong)source.Length - list._table) / (ulong)list._offsetSize)
        {
            defect = "its trailer does not fit the file";
            return null;
        }

        object? value = list.Read(BinaryPrimitives.ReadUInt64BigEndian(source[^16..]), depth: 0);
        defect = list._defect;
        return defect is null ? value : null;
    }

    private object? Read(ulong index, int depth)
    {
        if (_defect is not null || depth > PropertyList.MaxDepth || ++_values > PropertyList.MaxValues || index >= _count)
        {
            return Fail(depth > PropertyList.MaxDepth || _values > PropertyList.MaxValues ? "it is nested too deeply, or has too many values" : "it names a value that is not there");
        }

        ulong offset = Integer(_source.Slice((int)_table + ((int)index * _offsetSize), _offsetSize));
        if (offset >= (ulong)_source.Length)
        {
            return Fail("a value lies outside of the file");
        }

        int at = (int)offset;
        byte marker = _source[at++];
        int low = marker & 0x0F;
        switch (marker >> 4)
        {
            case 0x0:
                return low is 8 or 9 ? low == 9 : low == 0 ? null : Fail("a value has no type that is known");
            case 0x1:
                return low <= 4 && TryTake(at, 1 << low, out ReadOnlySpan<byte> whole) ? unchecked((long)Integer(whole[^Math.Min(whole.Length, 8)..])) : Fail("a number ends early");
            case 0x2:
                return low == 2 && TryTake(at, 4, out ReadOnlySpan<byte> single) ? (double)BinaryPrimitives.ReadSingleBigEndian(single)
                    : low == 3 && TryTake(at, 8, out ReadOnlySpan<byte> real) ? BinaryPrimitives.ReadDoubleBigEndian(real)
                    : Fail("a fraction ends early");
            case 0x3:
                return TryTake(at, 8, out ReadOnlySpan<byte> date) ? Date(BinaryPrimitives.ReadDoubleBigEndian(date)) : Fail("a date ends early");
            case 0x4:
                return TryLength(low, ref at, out int bytes) && TryTake(at, bytes, out ReadOnlySpan<byte> data) ? data.ToArray() : Fail("data end early");
            case 0x5:
                return TryLength(low, ref at, out int letters) && TryTake(at, letters, out ReadOnlySpan<byte> ascii) ? Encoding.Latin1.GetString(ascii) : Fail("a text ends early");
            case 0x6:
                return TryLength(low, ref at, out int units) && units <= _source.Length && TryTake(at, units * 2, out ReadOnlySpan<byte> wide) ? Encoding.BigEndianUnicode.GetString(wide) : Fail("a text ends early");
            case 0x8:
                return TryTake(at, low + 1, out ReadOnlySpan<byte> uid) ? unchecked((long)Integer(uid[^Math.Min(uid.Length, 8)..])) : Fail("a reference ends early");
            case 0xA or 0xC:
                return TryLength(low, ref at, out int items) ? ReadArray(at, items, depth) : Fail("a list ends early");
            case 0xD:
                return TryLength(low, ref at, out int pairs) ? ReadDictionary(at, pairs, depth) : Fail("a dictionary ends early");
            default:
                return Fail("a value has no type that is known");
        }
    }

    private object? ReadArray(int at, int items, int depth)
    {
        if (items > PropertyList.MaxValues || !TryTake(at, items * _referenceSize, out ReadOnlySpan<byte> references))
        {
            return Fail("a list ends early");
        }

        var values = new List<object?>();
        for (int item = 0; item < items && _defect is null; item++)
        {
            values.Add(Read(Integer(references.Slice(item * _referenceSize, _referenceSize)), depth + 1));
        }

        return values;
    }

    private object? ReadDictionary(int at, int pairs, int depth)
    {
        if (pairs > PropertyList.MaxValues || !TryTake(at, 2 * pairs * _referenceSize, out ReadOnlySpan<byte> references))
        {
            return Fail("a dictionary ends early");
        }

        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (int pair = 0; pair < pairs && _defect is null; pair++)
        {
            object? key = Read(Integer(references.Slice(pair * _referenceSize, _referenceSize)), depth + 1);
            object? value = Read(Integer(references.Slice((pairs + pair) * _referenceSize, _referenceSize)), depth + 1);
            if (key is string name)
            {
                values[name] = value;
            }
        }

        return values;
    }

    // Fifteen means that the length is a number of its own, which comes first.
    private readonly bool TryLength(int low, ref int at, out int length)
    {
        length = low;
        if (low != 15)
        {
            return true;
        }

        if (at >= _source.Length || _source[at] >> 4 != 1 || (_source[at] & 0x0F) > 3)
        {
            return false;
        }

        int size = 1 << (_source[at++] & 0x0F);
        if (!TryTake(at, size, out ReadOnlySpan<byte> number))
        {
            return false;
        }

        ulong value = Integer(number);
        at += size;
        length = (int)Math.Min(value, int.MaxValue);
        return value <= (ulong)_source.Length;
    }

    private readonly bool TryTake(int at, long length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (length < 0 || length > _source.Length - at)
        {
            return false;
        }

        bytes = _source.Slice(at, (int)length);
        return true;
    }

    private object? Fail(string defect)
    {
        _defect ??= defect;
        return null;
    }

    private static ulong Integer(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (byte one in bytes)
        {
            value = (value << 8) | one;
        }

        return value;
    }

    // Seconds since 2001; a moment that no calendar has is none.
    private static DateTimeOffset? Date(double seconds) =>
        double.IsFinite(seconds) && Math.Abs(seconds) < 60_000_000_000 ? new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(seconds) : null;
}
