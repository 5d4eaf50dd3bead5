using System.Globalization;

namespace Sonde.Cli.Frames;

/// <summary>Composes a short text in a span that is known to be large enough.</summary>
internal ref struct SpanText(Span<char> room)
{
    private readonly Span<char> _room = room;

    internal int Length { get; private set; }

    internal void Append(char c) => _room[Length++] = c;

    internal void Append(scoped ReadOnlySpan<char> text)
    {
        text.CopyTo(_room[Length..]);
        Length += text.Length;
    }

    internal void Append(long number)
    {
        number.TryFormat(_room[Length..], out int written, provider: CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>The lowest decimal digits of a number that is not negative.</summary>
    internal void AppendDigits(long number, int digits)
    {
        for (int at = Length + digits - 1; at >= Length; at--)
        {
            _room[at] = (char)('0' + (number % 10));
            number /= 10;
        }

        Length += digits;
    }
}
