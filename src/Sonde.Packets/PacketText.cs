using System.Buffers;
using Sonde.Packets.Printing;

namespace Sonde.Packets;

/// <summary>Packets as one line of text each, as <c>tcpdump -n</c> prints them: "IP 10.0.0.1.5000 > 10.0.0.2.53: 1+ A? example.com. (29)".</summary>
/// <remarks>Without timestamp and interface, which a frame does not hold. Sequence numbers are those of the wire (<c>tcpdump -S</c>).
/// What comes from the wire as text is escaped, so that no packet can command a terminal.</remarks>
public static class PacketText
{
    /// <summary>Characters that are room enough for nearly every packet.</summary>
    public const int UsualLength = 512;

    private const int MaxLength = 64 * 1024;

    /// <summary>Writes the line into a span, without allocating.</summary>
    /// <param name="type">What the frame begins with.</param>
    /// <param name="frame">The frame as captured.</param>
    /// <param name="wireLength">Its length on the wire.</param>
    /// <param name="destination">Where the line goes, without a line end.</param>
    /// <param name="charsWritten">How long it is; when it does not fit, how much of it stands there.</param>
    /// <returns>Whether there was room for all of it; never throws.</returns>
    public static bool TryFormat(LinkType type, ReadOnlySpan<byte> frame, int wireLength, Span<char> destination, out int charsWritten)
    {
        var sink = new TextSink(destination);
        LinkText.Write(ref sink, type, frame, Math.Max(wireLength, frame.Length));
        charsWritten = sink.Length;
        return !sink.Overflowed;
    }

    /// <summary>Appends the line to <paramref name="output"/>, without allocating beyond what that does; lines end at 65,536 characters.</summary>
    /// <param name="type">What the frame begins with.</param>
    /// <param name="frame">The frame as captured.</param>
    /// <param name="wireLength">Its length on the wire.</param>
    /// <param name="output">Where the line goes, without a line end.</param>
    public static void Write(LinkType type, ReadOnlySpan<byte> frame, int wireLength, IBufferWriter<char> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        for (int room = UsualLength; ; room *= 8)
        {
            if (TryFormat(type, frame, wireLength, output.GetSpan(room), out int written) || room >= MaxLength)
            {
                output.Advance(written);
                return;
            }
        }
    }

    /// <summary>The line as a string.</summary>
    public static string Format(LinkType type, ReadOnlySpan<byte> frame, int wireLength)
    {
        var output = new ArrayBufferWriter<char>(UsualLength);
        Write(type, frame, wireLength, output);
        return output.WrittenSpan.ToString();
    }
}
