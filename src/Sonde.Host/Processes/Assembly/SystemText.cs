using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sonde.Host.Processes.Assembly;

/// <summary>Turns the system's bytes into text: UTF-8 where they are, \xNN for each byte that is not, so that two names never look alike.</summary>
internal static class SystemText
{
    internal static string Of(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes))
        {
            return Encoding.ASCII.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == OperationStatus.Done)
            {
                text.Append(rune);
            }
            else
            {
                foreach (byte bad in bytes[..used])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{bad:x2}");
                }
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }
}
