using System.Net;
using System.Text;
using Sonde.Interop;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Small readers that the netlink parsers share.</summary>
internal static class NativeBytes
{
    /// <summary>Reads a struct and moves past it.</summary>
    internal static bool TryTake<T>(ref ReadOnlySpan<byte> bytes, out T value)
        where T : unmanaged
    {
        if (!NativeStruct.TryRead(bytes, out value))
        {
            return false;
        }

        bytes = bytes[NativeStruct.SizeOf<T>()..];
        return true;
    }

    internal static T ReadPrefix<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => NativeStruct.ReadPrefix<T>(bytes);

    /// <summary>An address of 4 or 16 bytes; a link-local IPv6 address gets <paramref name="scopeId"/>. Null for any other length.</summary>
    internal static IPAddress? ToAddress(ReadOnlySpan<byte> bytes, int scopeId)
    {
        switch (bytes.Length)
        {
            case 4:
                return new IPAddress(bytes);
            case 16:
                bool isLinkLocal = bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
                return isLinkLocal && scopeId > 0 ? new IPAddress(bytes, scopeId) : new IPAddress(bytes);
            default:
                return null;
        }
    }

    /// <summary>Text up to the first zero. The kernel takes any bytes for a name: those that are no UTF-8 become \xNN, so that two names never look alike.</summary>
    internal static string ToText(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        if (end >= 0)
        {
            bytes = bytes[..end];
        }

        if (Ascii.IsValid(bytes))
        {
            return Encoding.ASCII.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune);
            }
            else
            {
                foreach (byte bad in bytes[..used])
                {
                    text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{bad:x2}");
                }
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }
}
