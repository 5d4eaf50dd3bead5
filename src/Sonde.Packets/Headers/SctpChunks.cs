using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>The chunks of an SCTP packet. A chunk whose length is impossible ends the list; one that was cut by the capture is the last.</summary>
public readonly ref struct SctpChunks
{
    private const int ChunkHeaderSize = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    internal SctpChunks(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Starts before the first chunk.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>Goes from chunk to chunk.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes)
        {
            _rest = bytes;
            Current = default;
        }

        /// <summary>The chunk it stands on.</summary>
        public SctpChunk Current { get; private set; }

        /// <summary>Goes to the next chunk.</summary>
        public bool MoveNext()
        {
            if (_rest.Length < ChunkHeaderSize)
            {
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
            if (length < ChunkHeaderSize)
            {
                _rest = default;
                return false;
            }

            int captured = Math.Min(length, _rest.Length);
            Current = new SctpChunk(_rest[0], _rest[1], length, _rest[ChunkHeaderSize..captured]);
            int padded = (length + 3) & ~3; // RFC 9260, section 3.2: chunks end at multiples of four
            _rest = _rest[Math.Min(padded, _rest.Length)..];
            return true;
        }
    }
}
