namespace Sonde.Packets.Files;

/// <summary>The IPv4 and IPv6 records of a name resolution block, read in place: enumerable, bounded by the block, never failing.</summary>
public readonly ref struct NameRecords
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _isBigEndian;

    internal NameRecords(ReadOnlySpan<byte> bytes, bool isBigEndian)
    {
        _bytes = bytes;
        _isBigEndian = isBigEndian;
    }

    /// <summary>Enumerates the records up to the record that ends them, the end of the block, or the first fault.</summary>
    public Enumerator GetEnumerator() => new(_bytes, _isBigEndian);

    /// <summary>Walks the records of one block.</summary>
    public ref struct Enumerator
    {
        private const ushort EndOfRecords = 0;
        private const ushort IPv4 = 1;
        private const ushort IPv6 = 2;

        private readonly bool _isBigEndian;
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes, bool isBigEndian)
        {
            _rest = bytes;
            _isBigEndian = isBigEndian;
        }

        /// <summary>The record reached.</summary>
        public NameRecord Current { get; private set; }

        /// <summary>Goes to the next record of an IP address; records of other kinds are passed over.</summary>
        /// <returns><see langword="false"/> when there is none.</returns>
        public bool MoveNext()
        {
            while (_rest.Length >= 4)
            {
                ushort kind = FileBytes.ReadUInt16(_rest, _isBigEndian);
                int length = FileBytes.ReadUInt16(_rest[2..], _isBigEndian);
                if (kind == EndOfRecords || length > _rest.Length - 4)
                {
                    break;
                }

                ReadOnlySpan<byte> value = _rest.Slice(4, length);
                _rest = _rest[Math.Min(4 + FileBytes.Padded(length), _rest.Length)..];
                int addressLength = kind switch
                {
                    IPv4 => 4,
                    IPv6 => 16,
                    _ => 0,
                };
                if (addressLength > 0 && length >= addressLength)
                {
                    Current = new NameRecord(value[..addressLength], value[addressLength..]);
                    return true;
                }
            }

            _rest = default;
            return false;
        }
    }
}
