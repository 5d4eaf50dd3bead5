using System.Buffers;
using System.Globalization;
using System.Text;
using Sonde.Host;

namespace Sonde.Cli.Output;

/// <summary>Writes JSON as UTF-8, value by value, without allocating: what every command prints with --format json and ndjson.</summary>
/// <remarks>
/// A writer of our own, because the first use of System.Text.Json costs a fifth of the time of a whole command (bench/RESULTS.md). Names are written as
/// they are given and must need no escape. Control characters, those of direction, and halves of surrogates are escaped, so that a terminal is safe.
/// </remarks>
internal sealed class JsonText(ArrayBufferWriter<byte> output)
{
    private const int MaxDepth = 32;

    // Bit n: whether level n has a value already, and so needs a comma before the next.
    private uint _hasValue;
    private int _depth;
    private bool _isAfterName;
    private bool _isIndented;

    /// <summary>Begins a document; one that an error left unfinished is forgotten.</summary>
    /// <param name="isIndented">Whether it is spread over lines, for people.</param>
    internal void Begin(bool isIndented)
    {
        _isIndented = isIndented;
        _hasValue = 0;
        _depth = 0;
        _isAfterName = false;
    }

    internal void BeginObject() => Open((byte)'{');

    internal void BeginObject(ReadOnlySpan<byte> name)
    {
        Name(name);
        BeginObject();
    }

    internal void EndObject() => End((byte)'}');

    internal void BeginArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        Open((byte)'[');
    }

    internal void BeginArray() => Open((byte)'[');

    internal void EndArray() => End((byte)']');

    /// <summary>The name of the value that comes next.</summary>
    internal void Name(ReadOnlySpan<byte> name)
    {
        Separate();
        Span<byte> room = output.GetSpan(name.Length + 4);
        room[0] = (byte)'"';
        name.CopyTo(room[1..]);
        room[name.Length + 1] = (byte)'"';
        room[name.Length + 2] = (byte)':';
        room[name.Length + 3] = (byte)' ';
        output.Advance(name.Length + (_isIndented ? 4 : 3));
        _isAfterName = true;
    }

    internal void Value(ReadOnlySpan<char> text)
    {
        Separate();
        Raw((byte)'"');
        Escape(text);
        Raw((byte)'"');
    }

    /// <summary>Text that is UTF-8 already; bytes that are none are written as U+FFFD.</summary>
    internal void Value(ReadOnlySpan<byte> utf8)
    {
        Separate();
        Raw((byte)'"');
        Escape(utf8);
        Raw((byte)'"');
    }

    internal void Value(long number)
    {
        Separate();
        _ = number.TryFormat(output.GetSpan(20), out int written, default, CultureInfo.InvariantCulture); // 20 digits are enough for any
        output.Advance(written);
    }

    internal void Value(ulong number)
    {
        Separate();
        _ = number.TryFormat(output.GetSpan(20), out int written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    /// <summary>A number with a fraction; JSON has none for what is no number, and null says so.</summary>
    internal void Value(double number)
    {
        if (!double.IsFinite(number))
        {
            Null();
            return;
        }

        Separate();
        _ = number.TryFormat(output.GetSpan(32), out int written, default, CultureInfo.InvariantCulture); // the longest shortest form has 24
        output.Advance(written);
    }

    internal void Value(bool value)
    {
        Separate();
        output.Write(value ? "true"u8 : "false"u8);
    }

    internal void Value(IReadOnlyList<string> texts)
    {
        BeginArray();
        for (int i = 0; i < texts.Count; i++)
        {
            Value(texts[i]);
        }

        EndArray();
    }

    internal void Null()
    {
        Separate();
        output.Write("null"u8);
    }

    /// <summary>A moment as RFC 3339 writes it, in UTC.</summary>
    internal void Value(DateTimeOffset time)
    {
        Separate();
        Span<byte> room = output.GetSpan(40);
        room[0] = (byte)'"';
        _ = time.UtcDateTime.TryFormat(room[1..], out int written, "yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        room[written + 1] = (byte)'"';
        output.Advance(written + 2);
    }

    internal void Property(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8)
    {
        Name(name);
        Value(utf8);
    }

    internal void Property(ReadOnlySpan<byte> name, ReadOnlySpan<char> text)
    {
        Name(name);
        Value(text);
    }

    /// <summary>A text, or null where there is none.</summary>
    internal void Property(ReadOnlySpan<byte> name, string? text)
    {
        Name(name);
        if (text is null)
        {
            Null();
        }
        else
        {
            Value(text);
        }
    }

    internal void Property(ReadOnlySpan<byte> name, long number)
    {
        Name(name);
        Value(number);
    }

    internal void Property(ReadOnlySpan<byte> name, ulong number)
    {
        Name(name);
        Value(number);
    }

    internal void Property(ReadOnlySpan<byte> name, double number)
    {
        Name(name);
        Value(number);
    }

    internal void Property(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        Value(value);
    }

    internal void Property(ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Name(name);
        Value(time);
    }

    internal void Property(ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        Name(name);
        Value(texts);
    }

    /// <summary>The name of a reading; when it has no value also the null and, as "name_reason", why.</summary>
    /// <returns>Whether it has a value, which the caller writes next.</returns>
    internal bool Holds<T>(ReadOnlySpan<byte> name, in Reading<T> reading)
    {
        Name(name);
        if (reading.HasValue)
        {
            return true;
        }

        Null();
        Reason(name, Reading.Describe(reading.Status, reading.Reason));
        return false;
    }

    internal void Property(ReadOnlySpan<byte> name, in Reading<string> reading)
    {
        if (Holds(name, reading))
        {
            Value(reading.Value);
        }
    }

    internal void Property(ReadOnlySpan<byte> name, in Reading<int> reading)
    {
        if (Holds(name, reading))
        {
            Value(reading.Value);
        }
    }

    internal void Property(ReadOnlySpan<byte> name, in Reading<long> reading)
    {
        if (Holds(name, reading))
        {
            Value(reading.Value);
        }
    }

    internal void Property(ReadOnlySpan<byte> name, in Reading<ulong> reading)
    {
        if (Holds(name, reading))
        {
            Value(reading.Value);
        }
    }

    internal void Property(ReadOnlySpan<byte> name, in Reading<bool> reading)
    {
        if (Holds(name, reading))
        {
            Value(reading.Value);
        }
    }

    internal void Property(ReadOnlySpan<byte> name, in Reading<IReadOnlyList<string>> reading)
    {
        if (Holds(name, reading))
        {
            Value(reading.Value);
        }
    }

    /// <summary>Why the value before is null: "name_reason".</summary>
    internal void Reason(ReadOnlySpan<byte> name, string reason)
    {
        Span<byte> full = stackalloc byte[name.Length + 7];
        name.CopyTo(full);
        "_reason"u8.CopyTo(full[name.Length..]);
        Name(full);
        Value(reason);
    }

    /// <summary>Ends a line; the next value begins a new document of the same kind.</summary>
    internal void EndLine()
    {
        Raw((byte)'\n');
        Begin(_isIndented);
    }

    private void Open(byte bracket)
    {
        Separate();
        Raw(bracket);
        if (++_depth >= MaxDepth)
        {
            throw new InvalidOperationException($"JSON of Sonde is at most {MaxDepth} levels deep.");
        }

        _hasValue &= ~(1u << _depth);
    }

    private void End(byte bracket)
    {
        bool hadValue = (_hasValue >> _depth & 1) != 0;
        _depth--;
        if (hadValue)
        {
            BreakLine();
        }

        Raw(bracket);
    }

    // Before every value and every name: the comma, unless the value follows its name or is the first.
    private void Separate()
    {
        if (_isAfterName)
        {
            _isAfterName = false;
            return;
        }

        uint bit = 1u << _depth;
        if ((_hasValue & bit) != 0)
        {
            Raw((byte)',');
        }

        _hasValue |= bit;
        if (_depth > 0)
        {
            BreakLine();
        }
    }

    private void BreakLine()
    {
        if (_isIndented)
        {
            Span<byte> room = output.GetSpan(1 + (2 * _depth));
            room[0] = (byte)'\n';
            room.Slice(1, 2 * _depth).Fill((byte)' ');
            output.Advance(1 + (2 * _depth));
        }
    }

    private void Raw(byte one)
    {
        output.GetSpan(1)[0] = one;
        output.Advance(1);
    }

    private void Escape(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int plain = 0;
            while (plain < text.Length && text[plain] is >= ' ' and < '\x7F' and not '"' and not '\\')
            {
                plain++;
            }

            Span<byte> room = output.GetSpan(plain + 8);
            for (int i = 0; i < plain; i++)
            {
                room[i] = (byte)text[i];
            }

            output.Advance(plain);
            text = text[plain..];
            if (!text.IsEmpty)
            {
                _ = Rune.DecodeFromUtf16(text, out Rune rune, out int consumed); // what is no character comes back as U+FFFD
                WriteRune(rune);
                text = text[consumed..];
            }
        }
    }

    private void Escape(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            int plain = 0;
            while (plain < utf8.Length && utf8[plain] is >= (byte)' ' and < 0x7F and not (byte)'"' and not (byte)'\\')
            {
                plain++;
            }

            output.Write(utf8[..plain]);
            utf8 = utf8[plain..];
            if (!utf8.IsEmpty)
            {
                _ = Rune.DecodeFromUtf8(utf8, out Rune rune, out int consumed);
                WriteRune(rune);
                utf8 = utf8[consumed..];
            }
        }
    }

    private void WriteRune(Rune rune)
    {
        Span<byte> room = output.GetSpan(6);
        int code = rune.Value;
        int written;
        switch (code)
        {
            case '"' or '\\':
                room[0] = (byte)'\\';
                room[1] = (byte)code;
                written = 2;
                break;
            case '\n' or '\r' or '\t':
                room[0] = (byte)'\\';
                room[1] = code == '\n' ? (byte)'n' : code == '\r' ? (byte)'r' : (byte)'t';
                written = 2;
                break;
            case < ' ' or (>= 0x7F and < 0xA0) or 0x061C or 0x200E or 0x200F or (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069):
                "\\u"u8.CopyTo(room);
                for (int i = 0; i < 4; i++)
                {
                    int digit = code >> (12 - (4 * i)) & 0xF;
                    room[2 + i] = (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
                }

                written = 6;
                break;
            default:
                written = rune.EncodeToUtf8(room);
                break;
        }

        output.Advance(written);
    }
}
