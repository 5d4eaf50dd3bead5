namespace Sonde.Packets.Files;

/// <summary>The options of a pcapng block, read in place: enumerable, bounded by the block, never failing.</summary>
public readonly ref struct PcapNgOptions
{
    /// <summary>A remark, in any block: UTF-8.</summary>
    public const ushort Comment = 1;

    private readonly ReadOnlySpan<byte> _bytes;

    internal PcapNgOptions(ReadOnlySpan<byte> bytes, bool isBigEndian)
    {
        _bytes = bytes;
        IsBigEndian = isBigEndian;
    }

    /// <summary>Whether numbers in the values are big-endian.</summary>
    public bool IsBigEndian { get; }

    /// <summary>Whether there is not a single byte of options.</summary>
    public bool IsEmpty => _bytes.IsEmpty;

    /// <summary>Whether the options end in a way that the format forbids; those before the fault are enumerated.</summary>
    public bool IsMalformed
    {
        get
        {
            Enumerator options = GetEnumerator();
            while (options.MoveNext())
            {
            }

            return options.IsMalformed;
        }
    }

    /// <summary>Enumerates the options up to opt_endofopt, the end of the block, or the first fault.</summary>
    public Enumerator GetEnumerator() => new(_bytes, IsBigEndian);

    /// <summary>Finds the first option with a code.</summary>
    public bool TryGet(ushort code, out ReadOnlySpan<byte> value)
    {
        foreach (PcapNgOption option in this)
        {
            if (option.Code == code)
            {
                value = option.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    internal bool TryGetUInt32(ushort code, out uint value)
    {
        bool found = TryGet(code, out ReadOnlySpan<byte> bytes) && bytes.Length == sizeof(uint);
        value = found ? FileBytes.ReadUInt32(bytes, IsBigEndian) : 0;
        return found;
    }

    internal ulong? GetUInt64(ushort code) =>
        TryGet(code, out ReadOnlySpan<byte> bytes) && bytes.Length == sizeof(ulong) ? FileBytes.ReadUInt64(bytes, IsBigEndian) : null;

    /// <summary>Walks the options of one block.</summary>
    public ref struct Enumerator
    {
        private readonly bool _isBigEndian;
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes, bool isBigEndian)
        {
            _rest = bytes;
            _isBigEndian = isBigEndian;
        }

        /// <summary>The option reached.</summary>
        public PcapNgOption Current { get; private set; }

        /// <summary>Whether the walk ended at something that the format forbids.</summary>
        public bool IsMalformed { get; private set; }

        /// <summary>What stands behind opt_endofopt, once the walk has ended there.</summary>
        internal ReadOnlySpan<byte> Rest { get; private set; }

        /// <summary>Goes to the next option.</summary>
        /// <returns><see langword="false"/> when there is none.</returns>
        public bool MoveNext()
        {
            if (_rest.Length < 4)
            {
                return End(malformed: !_rest.IsEmpty);
            }

            ushort code = FileBytes.ReadUInt16(_rest, _isBigEndian);
            int length = FileBytes.ReadUInt16(_rest[2..], _isBigEndian);
            if (code == 0)
            {
                Rest = _rest[4..];
                return End(malformed: length != 0);
            }

            if (length > _rest.Length - 4)
            {
                return End(malformed: true);
            }

            Current = new PcapNgOption(code, _rest.Slice(4, length));
            _rest = _rest[Math.Min(4 + FileBytes.Padded(length), _rest.Length)..];
            return true;
        }

        private bool End(bool malformed)
        {
            IsMalformed |= malformed;
            _rest = default;
            return false;
        }
    }
}
