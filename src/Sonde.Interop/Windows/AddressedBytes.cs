using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

/// <summary>Bytes that the system filled, together with the address they were filled at.</summary>
/// <remarks>
/// Windows returns lists whose pointers point into the same buffer. They are followed here by arithmetic and bounds checks,
/// never dereferenced, so a wrong pointer is "not there" instead of a crash, and recorded buffers can be read on every system.
/// </remarks>
internal readonly ref struct AddressedBytes(ReadOnlySpan<byte> bytes, nint address)
{
    // Names of Windows have at most 256 characters; a text without an end must not cost a walk through everything, once per name.
    private const int LongestText = 4096;

    /// <summary>The bytes.</summary>
    internal ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Where the first of them was in memory when the system wrote the pointers among them.</summary>
    internal nint Address { get; } = address;

    /// <summary>The bytes from <paramref name="pointer"/> to the end.</summary>
    /// <returns><see langword="false"/> for a null pointer and for one that points elsewhere.</returns>
    internal bool TryFollow(nint pointer, out ReadOnlySpan<byte> rest)
    {
        nuint offset = (nuint)pointer - (nuint)Address;
        if (pointer == 0 || offset >= (nuint)Bytes.Length)
        {
            rest = default;
            return false;
        }

        rest = Bytes[(int)offset..];
        return true;
    }

    /// <summary>The struct that <paramref name="pointer"/> points at.</summary>
    internal bool TryRead<T>(nint pointer, out T value)
        where T : unmanaged
    {
        value = default;
        return TryFollow(pointer, out ReadOnlySpan<byte> rest) && NativeStruct.TryRead(rest, out value);
    }

    /// <summary>The zero-terminated UTF-16 text that <paramref name="pointer"/> points at; cut at the end of the bytes, and where no name is that long.</summary>
    internal ReadOnlySpan<char> ReadWideText(nint pointer)
    {
        if (!TryFollow(pointer, out ReadOnlySpan<byte> rest))
        {
            return default;
        }

        ReadOnlySpan<char> text = MemoryMarshal.Cast<byte, char>(rest[..Math.Min(rest.Length, LongestText * sizeof(char))]);
        int end = text.IndexOf('\0');
        return end < 0 ? text : text[..end];
    }

    /// <summary>The zero-terminated bytes that <paramref name="pointer"/> points at; cut at the end of the bytes, and where no name is that long.</summary>
    internal ReadOnlySpan<byte> ReadNarrowText(nint pointer)
    {
        if (!TryFollow(pointer, out ReadOnlySpan<byte> rest))
        {
            return default;
        }

        ReadOnlySpan<byte> text = rest[..Math.Min(rest.Length, LongestText)];
        int end = text.IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }
}
