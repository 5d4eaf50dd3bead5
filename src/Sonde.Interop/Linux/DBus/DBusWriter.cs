using System.Buffers.Binary;
using System.Text;

namespace Sonde.Interop.Linux.DBus;

/// <summary>Writes D-Bus values, little-endian, each at a multiple of its own alignment (D-Bus specification, "Marshalling").</summary>
internal sealed class DBusWriter
{
    private readonly List<byte> _bytes = [];

    internal int Length => _bytes.Count;

    internal byte[] ToArray() => [.. _bytes];

    /// <summary>Goes on at a multiple of <paramref name="alignment"/>; a struct starts at one of 8.</summary>
    internal DBusWriter Align(int alignment)
    {
        while (_bytes.Count % alignment != 0)
        {
            _bytes.Add(0);
        }

        return this;
    }

    internal DBusWriter WriteByte(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    internal DBusWriter WriteUInt32(uint value)
    {
        Align(4);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    internal DBusWriter WriteInt32(int value) => WriteUInt32(unchecked((uint)value));

    internal DBusWriter WriteBoolean(bool value) => WriteUInt32(value ? 1u : 0u);

    internal DBusWriter WriteText(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        WriteUInt32((uint)bytes.Length);
        _bytes.AddRange(bytes);
        _bytes.Add(0);
        return this;
    }

    internal DBusWriter WriteSignature(string signature)
    {
        _bytes.Add((byte)signature.Length);
        _bytes.AddRange(Encoding.ASCII.GetBytes(signature));
        _bytes.Add(0);
        return this;
    }

    /// <summary>Writes an array of bytes.</summary>
    internal DBusWriter WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteUInt32((uint)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Writes an array, whose length in bytes does not count what stands before its first element.</summary>
    internal DBusWriter WriteArray<T>(int alignment, IEnumerable<T> elements, Action<DBusWriter, T> write)
    {
        WriteUInt32(0);
        int lengthAt = _bytes.Count - 4;
        Align(alignment);
        int start = _bytes.Count;
        foreach (T element in elements)
        {
            Align(alignment);
            write(this, element);
        }

        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)(_bytes.Count - start));
        for (int i = 0; i < length.Length; i++)
        {
            _bytes[lengthAt + i] = length[i];
        }

        return this;
    }

    /// <summary>Appends what was written elsewhere, from a multiple of 8 on.</summary>
    internal DBusWriter Append(ReadOnlySpan<byte> written)
    {
        Align(8);
        _bytes.AddRange(written);
        return this;
    }
}
