namespace Sonde.Cli.Frames;

/// <summary>Writes the times of frames, one after the other, without allocating.</summary>
internal sealed class FrameTimeText(FrameTime kind, TimeZoneInfo zone, bool nanoseconds = false)
{
    /// <summary>Room enough for every time.</summary>
    internal const int MaxLength = 40;

    private const long Second = 1_000_000_000;
    private const long QuarterHour = 15 * 60 * Second;
    private const long Hour = 3600 * Second;

    private long? _first;
    private long? _previous;

    // Offsets from UTC change only at full quarters of an hour: asking the zone once per quarter is enough.
    private long _quarter = long.MinValue;
    private long _quartersOffset;

    /// <summary>Writes the time.</summary>
    /// <returns>How many characters; 0 when no time is wanted. A time that is not known is "-".</returns>
    internal int Format(long? timestampNanoseconds, Span<char> text)
    {
        if (kind == FrameTime.None)
        {
            return 0;
        }

        if (timestampNanoseconds is not long time)
        {
            text[0] = '-';
            return 1;
        }

        var line = new SpanText(text);
        switch (kind)
        {
            case FrameTime.Local or FrameTime.Utc:
                AppendTimeOfDay(ref line, FloorMod(kind == FrameTime.Local ? ToLocal(time) : time, 24 * Hour));
                break;
            case FrameTime.Date or FrameTime.UtcDate:
                AppendDate(ref line, kind == FrameTime.Date ? ToLocal(time) : time);
                break;
            case FrameTime.Epoch:
                AppendSeconds(ref line, time);
                break;
            default:
                long? origin = kind == FrameTime.Delta ? _previous : _first;
                AppendElapsed(ref line, origin, time);
                break;
        }

        _first ??= time;
        _previous = time;
        return line.Length;
    }

    /// <summary>Writes a time as ISO 8601 has it, in UTC with nanoseconds: "2026-01-31T12:00:00.000000001Z".</summary>
    /// <returns>How many characters.</returns>
    internal static int FormatIso(long timestampNanoseconds, Span<char> text)
    {
        var line = new SpanText(text);
        AppendDay(ref line, timestampNanoseconds);
        line.Append('T');
        long ofDay = FloorMod(timestampNanoseconds, 24 * Hour);
        AppendClock(ref line, ofDay);
        line.Append('.');
        line.AppendDigits(ofDay % Second, 9);
        line.Append('Z');
        return line.Length;
    }

    private static long FloorMod(long value, long divisor)
    {
        long rest = value % divisor;
        return rest < 0 ? rest + divisor : rest;
    }

    private static long FloorDiv(long value, long divisor) => (value / divisor) - (value % divisor < 0 ? 1 : 0);

    // 1677 to 2262 is all that 64 bits of nanoseconds hold, and DateTime holds more.
    private static DateTime ToDateTime(long nanoseconds) => DateTime.UnixEpoch.AddTicks(FloorDiv(nanoseconds, 100));

    private static void AppendDay(ref SpanText line, long nanoseconds)
    {
        DateTime day = ToDateTime(nanoseconds);
        line.AppendDigits(day.Year, 4);
        line.Append('-');
        line.AppendDigits(day.Month, 2);
        line.Append('-');
        line.AppendDigits(day.Day, 2);
    }

    private static void AppendClock(ref SpanText line, long ofDay)
    {
        line.AppendDigits(ofDay / Hour, 2);
        line.Append(':');
        line.AppendDigits(ofDay / (60 * Second) % 60, 2);
        line.Append(':');
        line.AppendDigits(ofDay / Second % 60, 2);
    }

    private void AppendDate(ref SpanText line, long time)
    {
        AppendDay(ref line, time);
        line.Append(' ');
        AppendTimeOfDay(ref line, FloorMod(time, 24 * Hour));
    }

    private void AppendTimeOfDay(ref SpanText line, long ofDay)
    {
        AppendClock(ref line, ofDay);
        AppendFraction(ref line, ofDay % Second);
    }

    private void AppendFraction(ref SpanText line, long fraction)
    {
        line.Append('.');
        if (nanoseconds)
        {
            line.AppendDigits(fraction, 9);
        }
        else
        {
            line.AppendDigits(fraction / 1000, 6);
        }
    }

    private void AppendSeconds(ref SpanText line, long time)
    {
        // Before 1970 the fraction counts away from zero too: -0.5 is half a second before.
        ulong size = Magnitude(time);
        if (time < 0)
        {
            line.Append('-');
        }

        line.Append((long)(size / Second));
        AppendFraction(ref line, (long)(size % Second));
    }

    private void AppendElapsed(ref SpanText line, long? origin, long time)
    {
        Int128 elapsed = origin is long from ? (Int128)time - from : 0;
        if (elapsed < 0)
        {
            line.Append('-');
        }

        ulong size = (ulong)Int128.Abs(elapsed); // at most 64 bits
        ulong hours = size / Hour;
        if (hours < 10)
        {
            line.Append('0');
        }

        line.Append((long)hours);
        line.Append(':');
        line.AppendDigits((long)(size / (60 * Second) % 60), 2);
        line.Append(':');
        line.AppendDigits((long)(size / Second % 60), 2);
        AppendFraction(ref line, (long)(size % Second));
    }

    private static ulong Magnitude(long value) => value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value;

    private long ToLocal(long time)
    {
        long quarter = FloorDiv(time, QuarterHour);
        if (quarter != _quarter)
        {
            _quarter = quarter;
            _quartersOffset = zone.GetUtcOffset(ToDateTime(time)).Ticks * 100;
        }

        // At the ends of what 64 bits hold, the offset is not worth an overflow.
        return _quartersOffset > 0 && time > long.MaxValue - _quartersOffset ? long.MaxValue
            : _quartersOffset < 0 && time < long.MinValue - _quartersOffset ? long.MinValue
            : time + _quartersOffset;
    }
}
