using System.Runtime.InteropServices;
using System.Text;

namespace Sonde.Interop.Windows.Etw;

/// <summary>Reads a payload field by field. Never throws: what is not there is 0 or empty, and <see cref="IsCut"/> says so.</summary>
internal ref struct EtwPayload(ReadOnlySpan<byte> bytes)
{
    // SID_MAX_SUB_AUTHORITIES (winnt.h)
    private const int MostSubAuthorities = 15;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether something was asked for that the bytes do not hold.</summary>
    internal bool IsCut { get; private set; }

    internal ushort ReadUInt16() => Read<ushort>();

    internal uint ReadUInt32() => Read<uint>();

    internal ulong ReadUInt64() => Read<ulong>();

    internal long ReadInt64() => Read<long>();

    /// <summary>So many bytes; empty when there are fewer.</summary>
    internal ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (_rest.Length < count)
        {
            Cut();
            return default;
        }

        ReadOnlySpan<byte> read = _rest[..count];
        _rest = _rest[count..];
        return read;
    }

    /// <summary>Passes a security identifier, whose second byte says how long it is.</summary>
    internal void SkipSid()
    {
        const int Head = 8;
        if (_rest.Length < Head || _rest[1] > MostSubAuthorities)
        {
            Cut();
            return;
        }

        ReadBytes(Head + (_rest[1] * sizeof(uint)));
    }

    /// <summary>A text in UTF-16 up to its zero; one that the bytes end within is what there is of it.</summary>
    internal string ReadWideText()
    {
        ReadOnlySpan<char> text = MemoryMarshal.Cast<byte, char>(_rest);
        int end = text.IndexOf('\0');
        if (end < 0)
        {
            Cut();
            return text.ToString();
        }

        _rest = _rest[((end + 1) * sizeof(char))..];
        return text[..end].ToString();
    }

    /// <summary>A text of one byte a character up to its zero; bytes above 127 depend on a code page that nobody names and become U+FFFD.</summary>
    internal string ReadNarrowText()
    {
        int end = _rest.IndexOf((byte)0);
        ReadOnlySpan<byte> text = end < 0 ? _rest : _rest[..end];
        if (end < 0)
        {
            Cut();
        }
        else
        {
            _rest = _rest[(end + 1)..];
        }

        return Encoding.UTF8.GetString(text);
    }

    private T Read<T>()
        where T : unmanaged
    {
        if (!NativeStruct.TryRead(_rest, out T value))
        {
            Cut();
            return default;
        }

        _rest = _rest[NativeStruct.SizeOf<T>()..];
        return value;
    }

    private void Cut()
    {
        IsCut = true;
        _rest = default;
    }
}
