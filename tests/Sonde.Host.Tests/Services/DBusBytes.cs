using System.Buffers.Binary;
using System.Text;

namespace Sonde.Host.Tests.Services;

/// <summary>Writes D-Bus values as a service would, in either byte order.</summary>
internal sealed class DBusBytes(bool isLittleEndian = true)
{
    private readonly List<byte> _bytes = [];

    internal byte[] ToArray() => [.. _bytes];

    internal DBusBytes Array(int alignment, params Action<DBusBytes>[] elements)
    {
        UInt32(0);
        int lengthAt = _bytes.Count - 4;
        Align(alignment);
        int start = _bytes.Count;
        foreach (Action<DBusBytes> element in elements)
        {
            Align(alignment);
            element(this);
        }

        byte[] length = new byte[4];
        Write(length, (uint)(_bytes.Count - start));
        for (int at = 0; at < 4; at++)
        {
            _bytes[lengthAt + at] = length[at];
        }

        return this;
    }

    internal DBusBytes Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        UInt32((uint)bytes.Length);
        _bytes.AddRange(bytes);
        _bytes.Add(0);
        return this;
    }

    internal DBusBytes Signature(string text)
    {
        _bytes.Add((byte)text.Length);
        _bytes.AddRange(Encoding.ASCII.GetBytes(text));
        _bytes.Add(0);
        return this;
    }

    internal DBusBytes UInt32(uint value)
    {
        Align(4);
        byte[] bytes = new byte[4];
        Write(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    internal DBusBytes UInt64(ulong value)
    {
        Align(8);
        byte[] bytes = new byte[8];
        if (isLittleEndian)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        }

        _bytes.AddRange(bytes);
        return this;
    }

    private void Align(int alignment)
    {
        while (_bytes.Count % alignment != 0)
        {
            _bytes.Add(0);
        }
    }

    private void Write(byte[] bytes, uint value)
    {
        if (isLittleEndian)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
    }
}
