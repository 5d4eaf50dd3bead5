using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sonde.Host.MacOS;

/// <summary>Names as the system has them: bytes, mostly UTF-8.</summary>
internal static class MacOSText
{
    /// <summary>The bytes as text; a byte that is no text, or would move the cursor of a terminal, appears as \xNN.</summary>
    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed);
            if (status == OperationStatus.Done && !Rune.IsControl(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (byte raw in bytes[..consumed])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{raw:x2}");
                }
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <summary>A C string in a field of fixed size.</summary>
    internal static ReadOnlySpan<byte> UpToZero(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }
}
