using System.Globalization;
using Sonde.Host;

namespace Sonde.Cli.Records;

/// <summary>The value of a field of a record, or why there is none; a plain value, for there are hundreds of thousands of them in one answer.</summary>
internal readonly struct FieldValue
{
    private readonly ReadingStatus _status;
    private readonly long _bits;
    private readonly object? _reference;

    private FieldValue(ReadingStatus status, long bits, object? reference)
    {
        _status = status;
        _bits = bits;
        _reference = reference;
    }

    internal ReadingStatus Status => _status;

    internal bool HasValue => _status == ReadingStatus.Ok;

    /// <summary>Why there is no value.</summary>
    internal string? Reason => HasValue ? null : (string?)_reference;

    /// <summary>A number; moments and durations are ticks, yes is 1.</summary>
    internal long Integer => _bits;

    internal ulong Unsigned => unchecked((ulong)_bits);

    internal double Real => BitConverter.Int64BitsToDouble(_bits);

    internal string Text => (string)_reference!; // set for every value of kind Text

    internal IReadOnlyList<string> List => (IReadOnlyList<string>)_reference!; // set for every value of kind List

    internal static FieldValue Of(string value) => new(ReadingStatus.Ok, 0, value);

    internal static FieldValue Of(long value) => new(ReadingStatus.Ok, value, null);

    internal static FieldValue Of(in Reading<string> reading) => reading.HasValue ? new(ReadingStatus.Ok, 0, reading.Value) : Absent(reading);

    internal static FieldValue Of(in Reading<int> reading) => reading.HasValue ? new(ReadingStatus.Ok, reading.Value, null) : Absent(reading);

    internal static FieldValue Of(in Reading<uint> reading) => reading.HasValue ? new(ReadingStatus.Ok, reading.Value, null) : Absent(reading);

    internal static FieldValue Of(in Reading<long> reading) => reading.HasValue ? new(ReadingStatus.Ok, reading.Value, null) : Absent(reading);

    // Above 2^63 no counter of bytes or calls has ever been.
    internal static FieldValue Of(in Reading<ulong> reading) => reading.HasValue ? new(ReadingStatus.Ok, (long)Math.Min(reading.Value, long.MaxValue), null) : Absent(reading);

    internal static FieldValue Of(in Reading<double> reading) => reading.HasValue ? new(ReadingStatus.Ok, BitConverter.DoubleToInt64Bits(reading.Value), null) : Absent(reading);

    internal static FieldValue Of(in Reading<bool> reading) => reading.HasValue ? new(ReadingStatus.Ok, reading.Value ? 1 : 0, null) : Absent(reading);

    internal static FieldValue Of(in Reading<TimeSpan> reading) => reading.HasValue ? new(ReadingStatus.Ok, reading.Value.Ticks, null) : Absent(reading);

    internal static FieldValue Of(in Reading<DateTimeOffset> reading) => reading.HasValue ? new(ReadingStatus.Ok, reading.Value.UtcTicks, null) : Absent(reading);

    internal static FieldValue Of(in Reading<IReadOnlyList<string>> reading) => reading.HasValue ? new(ReadingStatus.Ok, 0, reading.Value) : Absent(reading);

    /// <summary>A value that lies in another one: its own reading when that is there, else the outer one's reason.</summary>
    internal static FieldValue Of<T>(in Reading<T> outer, Func<T, FieldValue> inner) => outer.HasValue ? inner(outer.Value) : Absent(outer);

    internal static FieldValue Absent<T>(in Reading<T> reading) => new(reading.Status, 0, reading.Reason);

    /// <summary>The value as text without units, for TSV and for comparisons of text.</summary>
    internal string Format(FieldKind kind) => kind switch
    {
        FieldKind.Text => Text,
        FieldKind.List => string.Join(',', List),
        FieldKind.Boolean => Integer != 0 ? "true" : "false",
        FieldKind.Real => Math.Round(Real, 3).ToString(CultureInfo.InvariantCulture),
        FieldKind.Time => new DateTimeOffset(Integer, TimeSpan.Zero).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        FieldKind.Duration => (Integer / (double)TimeSpan.TicksPerSecond).ToString("0.###", CultureInfo.InvariantCulture),
        _ => Integer.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The value as a number, for comparing: seconds for times, 1 for yes.</summary>
    internal double AsNumber(FieldKind kind) => kind switch
    {
        FieldKind.Real => Real,
        FieldKind.Time or FieldKind.Duration => Integer / (double)TimeSpan.TicksPerSecond,
        _ => Integer,
    };
}
