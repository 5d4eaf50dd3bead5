using System.Globalization;
using System.Numerics;
using System.Text;
using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.MacOS;

/// <summary>Reads entitlements in the DER form that code signatures carry since macOS 12: what the kernel itself goes by.</summary>
/// <remarks>
/// [APPLICATION 16] of a version and a dictionary; a dictionary is [16] (before, a SET) of SEQUENCEs of a UTF8String and a value; a value is a BOOLEAN, an
/// INTEGER, a UTF8String, an OCTET STRING, a SEQUENCE of values, or a dictionary. Lengths are definite. Whoever signs a program for himself writes here what
/// he likes, so no length or depth is believed.
/// </remarks>
internal sealed class EntitlementsDer
{
    private const byte Boolean = 0x01;
    private const byte Integer = 0x02;
    private const byte Octets = 0x04;
    private const byte Utf8 = 0x0C;
    private const byte Sequence = 0x30;
    private const byte Set = 0x31;
    private const byte Application16 = 0x70;
    private const byte Context16 = 0xB0;

    private const int MaxDepth = 16;
    private const int MaxEntries = 2048;
    private const int MaxValueLength = 4096;
    private const int MaxIntegerBytes = 64;
    private const string Cut = " … (cut)";

    private int _entries;

    /// <summary>Reads all; never throws.</summary>
    /// <param name="der">The bytes behind the blob's header.</param>
    /// <returns>Key and value in the words that the XML form gives; failed for what is no such list.</returns>
    internal static Reading<IReadOnlyDictionary<string, string>> Parse(ReadOnlySpan<byte> der)
    {
        if (der.Length > EntitlementsPlist.MaxBytes)
        {
            return Reading.Failed<IReadOnlyDictionary<string, string>>($"{der.Length} bytes of entitlements are more than {EntitlementsPlist.MaxBytes}");
        }

        var reader = new EntitlementsDer();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        return reader.TryReadTop(der, values)
            ? values
            : Reading.Failed<IReadOnlyDictionary<string, string>>($"the entitlements are no DER that can be read: it breaks off after {values.Count} entries");
    }

    private bool TryReadTop(ReadOnlySpan<byte> der, Dictionary<string, string> values)
    {
        if (!TryNext(ref der, out byte tag, out ReadOnlySpan<byte> content))
        {
            return false;
        }

        return tag == Application16 ? TryReadVersioned(content, values) : tag is Context16 or Set && TryReadDictionary(content, values, depth: 1);
    }

    private bool TryReadVersioned(ReadOnlySpan<byte> inside, Dictionary<string, string> values) =>
        TryNext(ref inside, out byte tag, out _) && tag == Integer
        && TryNext(ref inside, out tag, out ReadOnlySpan<byte> content) && inside.IsEmpty
        && tag is Context16 or Set && TryReadDictionary(content, values, depth: 1);

    private bool TryReadDictionary(ReadOnlySpan<byte> content, Dictionary<string, string> values, int depth)
    {
        while (!content.IsEmpty)
        {
            if (++_entries > MaxEntries || !TryNext(ref content, out byte tag, out ReadOnlySpan<byte> entry) || tag != Sequence
                || !TryNext(ref entry, out tag, out ReadOnlySpan<byte> key) || tag != Utf8
                || !TryNext(ref entry, out tag, out ReadOnlySpan<byte> value) || !entry.IsEmpty)
            {
                return false;
            }

            var text = new StringBuilder();
            if (!TryReadValue(tag, value, text, depth))
            {
                return false;
            }

            values[TextOf(key)] = text.ToString();
        }

        return true;
    }

    private bool TryReadValue(byte tag, ReadOnlySpan<byte> content, StringBuilder text, int depth)
    {
        switch (tag)
        {
            case Boolean when content.Length == 1:
                Append(text, content[0] != 0 ? "true" : "false");
                return true;
            case Integer when content.Length is > 0 and <= MaxIntegerBytes:
                Append(text, new BigInteger(content, isUnsigned: false, isBigEndian: true).ToString(CultureInfo.InvariantCulture));
                return true;
            case Utf8:
                Append(text, TextOf(content));
                return true;
            case Octets:
                Append(text, Convert.ToBase64String(content[..Math.Min(content.Length, MaxValueLength)])); // as property lists write data
                return true;
            case Sequence when depth < MaxDepth:
                return TryReadArray(content, text, depth);
            case Context16 or Set when depth < MaxDepth:
                var inner = new Dictionary<string, string>(StringComparer.Ordinal);
                if (!TryReadDictionary(content, inner, depth + 1))
                {
                    return false;
                }

                Append(text, $"{{{string.Join(", ", inner.Select(static pair => $"{pair.Key}: {pair.Value}"))}}}");
                return true;
            default:
                return false;
        }
    }

    private bool TryReadArray(ReadOnlySpan<byte> content, StringBuilder text, int depth)
    {
        Append(text, "[");
        for (bool isFirst = true; !content.IsEmpty; isFirst = false)
        {
            Append(text, isFirst ? string.Empty : ", ");
            if (++_entries > MaxEntries || !TryNext(ref content, out byte tag, out ReadOnlySpan<byte> item) || !TryReadValue(tag, item, text, depth + 1))
            {
                return false;
            }
        }

        Append(text, "]");
        return true;
    }

    /// <summary>Takes one element off the front: a tag of one byte, a length of one byte or of up to four more, the content.</summary>
    private static bool TryNext(ref ReadOnlySpan<byte> source, out byte tag, out ReadOnlySpan<byte> content)
    {
        tag = 0;
        content = default;
        if (source.Length < 2)
        {
            return false;
        }

        int at = 2;
        uint length = source[1];
        if (length >= 0x80)
        {
            int bytes = (int)(length & 0x7F);
            if (bytes is 0 or > 4 || source.Length < at + bytes)
            {
                return false; // indefinite, or longer than any signature
            }

            length = 0;
            for (; bytes > 0; bytes--)
            {
                length = (length << 8) | source[at++];
            }
        }

        if (length > source.Length - at)
        {
            return false;
        }

        tag = source[0];
        content = source.Slice(at, (int)length);
        source = source[(at + (int)length)..];
        return true;
    }

    private static string TextOf(ReadOnlySpan<byte> bytes) => SystemText.Of(bytes[..Math.Min(bytes.Length, MaxValueLength)]);

    private static void Append(StringBuilder value, string text)
    {
        int room = MaxValueLength - Cut.Length - value.Length;
        if (room < 0)
        {
            return;
        }

        value.Append(text.AsSpan(0, Math.Min(text.Length, room)));
        if (text.Length > room)
        {
            value.Append(Cut);
        }
    }
}
