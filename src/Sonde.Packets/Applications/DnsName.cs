using System.Buffers.Binary;
using Sonde.Packets.Printing;

namespace Sonde.Packets.Applications;

/// <summary>A name within a DNS message, read in place through its compression pointers.</summary>
/// <remarks>At most <see cref="MaxHops"/> pointers are followed and at most <see cref="MaxWireLength"/> bytes read, so a loop ends.</remarks>
public readonly ref struct DnsName
{
    /// <summary>How many compression pointers are followed.</summary>
    public const int MaxHops = 256;

    /// <summary>The longest name, in bytes of labels and their lengths (RFC 1035, section 2.3.4).</summary>
    public const int MaxWireLength = 255;

    /// <summary>The most characters that <see cref="TryFormat"/> writes: each byte as \DDD.</summary>
    public const int MaxTextLength = 4 * MaxWireLength;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _offset;
    private readonly bool _mayLackRoot;

    internal DnsName(ReadOnlySpan<byte> message, int offset, bool mayLackRoot = false)
    {
        _message = message;
        _offset = offset;
        _mayLackRoot = mayLackRoot;
    }

    /// <summary>Whether it is the root, the name without labels.</summary>
    public bool IsRoot
    {
        get
        {
            Labels labels = GetEnumerator();
            return !labels.MoveNext() && !labels.HasDefect;
        }
    }

    /// <summary>Whether it can be read to its end.</summary>
    public bool IsValid
    {
        get
        {
            Labels labels = GetEnumerator();
            while (labels.MoveNext())
            {
            }

            return !labels.HasDefect;
        }
    }

    /// <summary>Starts before the first label: <c>foreach (ReadOnlySpan&lt;byte&gt; label in name)</c>.</summary>
    public Labels GetEnumerator() => new(_message, _offset, _mayLackRoot);

    /// <summary>Writes the labels joined by dots, "www.example.com" without a dot at the end and "." for the root.</summary>
    /// <remarks>Dots and backslashes within labels are escaped, and so is all that a terminal might obey.</remarks>
    /// <returns><see langword="false"/> when there is no room for it, or when it cannot be read to its end.</returns>
    public bool TryFormat(Span<char> destination, out int charsWritten)
    {
        var sink = new TextSink(destination);
        bool whole = Write(ref sink);
        charsWritten = whole && !sink.Overflowed ? sink.Length : 0;
        return charsWritten > 0;
    }

    /// <summary>What <see cref="TryFormat"/> writes; empty for a name that cannot be read.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[MaxTextLength];
        return TryFormat(text, out int length) ? new string(text[..length]) : "";
    }

    /// <summary>Writes the name as far as it goes.</summary>
    internal bool Write(ref TextSink sink)
    {
        bool first = true;
        Labels labels = GetEnumerator();
        while (labels.MoveNext())
        {
            if (!first)
            {
                sink.Append('.');
            }

            sink.AppendUntrusted(labels.Current, ".\\");
            first = false;
        }

        if (first && !labels.HasDefect)
        {
            sink.Append('.');
        }

        return !labels.HasDefect;
    }

    /// <summary>Finds where a name ends in its own place, without following pointers.</summary>
    internal static bool TrySkip(ReadOnlySpan<byte> message, ref int offset)
    {
        int start = offset;
        while (offset < message.Length && offset - start <= MaxWireLength)
        {
            int length = message[offset];
            switch (length >> 6)
            {
                case 0 when length == 0:
                    offset++;
                    return true;
                case 0:
                    offset += 1 + length;
                    break;
                case 3:
                    offset += 2;
                    return offset <= message.Length;
                default:
                    return false; // 01 and 10 were given to experiments that ended (RFC 6891, section 5)
            }
        }

        return false;
    }

    /// <summary>Goes from label to label.</summary>
    public ref struct Labels
    {
        private readonly ReadOnlySpan<byte> _message;
        private readonly bool _mayLackRoot;
        private int _offset;
        private int _hops;
        private int _read;

        internal Labels(ReadOnlySpan<byte> message, int offset, bool mayLackRoot)
        {
            _message = message;
            _offset = offset;
            _mayLackRoot = mayLackRoot;
            _hops = 0;
            _read = 0;
            Current = default;
            HasDefect = false;
        }

        /// <summary>The label it stands on.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Whether it ended at a label or a pointer that lies.</summary>
        public bool HasDefect { get; private set; }

        /// <summary>Goes to the next label.</summary>
        public bool MoveNext()
        {
            while (!HasDefect && _offset < _message.Length)
            {
                int length = _message[_offset];
                if (length == 0)
                {
                    return false;
                }

                if (length >= 0xC0 && _offset + 1 < _message.Length && _hops < MaxHops)
                {
                    _hops++;
                    _offset = BinaryPrimitives.ReadUInt16BigEndian(_message[_offset..]) & 0x3FFF;
                    continue;
                }

                _read += 1 + length;
                if (length < 0x40 && length < _message.Length - _offset && _read < MaxWireLength)
                {
                    Current = _message.Slice(_offset + 1, length);
                    _offset += 1 + length;
                    return true;
                }

                break;
            }

            HasDefect |= !_mayLackRoot || _offset != _message.Length || _hops > 0;
            return false;
        }
    }
}
