using System.Buffers.Binary;
using System.Text;

namespace Sonde.Interop.Linux.DBus;

/// <summary>Reads D-Bus values out of a message body (D-Bus specification, "Type system" and "Marshalling").</summary>
/// <remarks>Never throws: bytes that end early or lie about a length set <see cref="IsTorn"/>, after which every read gives an empty value.</remarks>
internal ref struct DBusReader(ReadOnlySpan<byte> body, bool isLittleEndian)
{
    // The specification allows 32 arrays and 32 structs inside one another.
    private const int MaxDepth = 64;
    private readonly ReadOnlySpan<byte> _body = body;

    /// <summary>Where the next value starts, from the start of the body.</summary>
    internal int Position { get; private set; }

    /// <summary>Whether the bytes ended or lied.</summary>
    internal bool IsTorn { get; private set; }

    internal void Align(int alignment)
    {
        int padded = (Position + alignment - 1) & -alignment;
        if (padded > _body.Length)
        {
            IsTorn = true;
        }
        else
        {
            Position = padded;
        }
    }

    /// <summary>Enters an array and gives the position at which it ends.</summary>
    internal int EnterArray(int alignment)
    {
        uint length = ReadUInt32();
        Align(alignment);
        if (IsTorn || length > _body.Length - Position)
        {
            IsTorn = true;
            return Position;
        }

        return Position + (int)length;
    }

    internal byte ReadByte()
    {
        ReadOnlySpan<byte> bytes = Take(1, 1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    internal ushort ReadUInt16()
    {
        ReadOnlySpan<byte> bytes = Take(2, 2);
        return bytes.IsEmpty ? (ushort)0
            : isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    internal uint ReadUInt32()
    {
        ReadOnlySpan<byte> bytes = Take(4, 4);
        return bytes.IsEmpty ? 0
            : isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    internal ulong ReadUInt64()
    {
        ReadOnlySpan<byte> bytes = Take(8, 8);
        return bytes.IsEmpty ? 0
            : isLittleEndian ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    internal int ReadInt32() => unchecked((int)ReadUInt32());

    internal ReadOnlySpan<byte> ReadByteArray()
    {
        int end = EnterArray(alignment: 1);
        return IsTorn ? default : Take(end - Position, 1);
    }

    internal string ReadString()
    {
        uint length = ReadUInt32();
        return ReadText(length);
    }

    internal string ReadSignature()
    {
        byte length = ReadByte();
        return ReadText(length);
    }

    /// <summary>Passes over one value of the given type.</summary>
    internal void Skip(string signature)
    {
        int at = 0;
        SkipOne(signature, ref at, depth: 0);
        IsTorn |= at != signature.Length;
    }

    private string ReadText(uint length)
    {
        if (IsTorn || length >= _body.Length - Position)
        {
            IsTorn = true; // a zero follows the text
            return string.Empty;
        }

        string text = Encoding.UTF8.GetString(_body.Slice(Position, (int)length));
        Position += (int)length + 1;
        return text;
    }

    private ReadOnlySpan<byte> Take(int count, int alignment)
    {
        Align(alignment);
        if (IsTorn || count > _body.Length - Position)
        {
            IsTorn = true;
            return default;
        }

        ReadOnlySpan<byte> bytes = _body.Slice(Position, count);
        Position += count;
        return bytes;
    }

    private void SkipOne(string signature, ref int at, int depth)
    {
        if (IsTorn || depth > MaxDepth || at >= signature.Length)
        {
            IsTorn = true;
            return;
        }

        switch (signature[at++])
        {
            case 'y':
                Take(1, 1);
                break;
            case 'n' or 'q':
                Take(2, 2);
                break;
            case 'b' or 'i' or 'u' or 'h':
                Take(4, 4);
                break;
            case 'x' or 't' or 'd':
                Take(8, 8);
                break;
            case 's' or 'o':
                ReadString();
                break;
            case 'g':
                ReadSignature();
                break;
            case 'v':
                string inner = ReadSignature();
                int innerAt = 0;
                SkipOne(inner, ref innerAt, depth + 1);
                break;
            case 'a':
                SkipArray(signature, ref at);
                break;
            case '(' or '{':
                Align(8);
                while (!IsTorn && at < signature.Length && signature[at] is not (')' or '}'))
                {
                    SkipOne(signature, ref at, depth + 1);
                }

                at++; // the closing bracket
                break;
            default:
                IsTorn = true;
                break;
        }
    }

    private void SkipArray(string signature, ref int at)
    {
        if (at >= signature.Length)
        {
            IsTorn = true;
            return;
        }

        int alignment = signature[at] switch
        {
            'y' or 'g' or 'v' => 1,
            'n' or 'q' => 2,
            'x' or 't' or 'd' or '(' or '{' => 8,
            _ => 4,
        };
        int end = EnterArray(alignment);
        Position = IsTorn ? Position : end;
        at = EndOfType(signature, at);
    }

    // Where the single complete type that starts at "at" ends.
    private static int EndOfType(string signature, int at)
    {
        while (at < signature.Length && signature[at] == 'a')
        {
            at++;
        }

        int open = 0;
        for (; at < signature.Length; at++)
        {
            open += signature[at] is '(' or '{' ? 1 : signature[at] is ')' or '}' ? -1 : 0;
            if (open <= 0)
            {
                return at + 1;
            }
        }

        return signature.Length;
    }
}
