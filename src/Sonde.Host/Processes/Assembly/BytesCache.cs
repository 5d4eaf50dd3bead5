using System.Diagnostics.CodeAnalysis;

namespace Sonde.Host.Processes.Assembly;

/// <summary>Remembers what bytes were turned into, so that ten thousand equal command lines are parsed once and held once; a hit allocates nothing.</summary>
/// <remarks>Bounded: when it is full it starts anew, which costs time and never correctness.</remarks>
internal sealed class BytesCache<TValue>(int maxEntries, long maxBytes)
    where TValue : class
{
    private readonly Dictionary<byte[], TValue> _values = new(BytesComparer.Instance);
    private long _bytes;

    /// <summary>How many values are held.</summary>
    internal int Count => _values.Count;

    internal bool TryGet(ReadOnlySpan<byte> bytes, [MaybeNullWhen(false)] out TValue value) =>
        _values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(bytes, out value);

    internal void Add(ReadOnlySpan<byte> bytes, TValue value)
    {
        if (_values.Count >= maxEntries || _bytes + bytes.Length > maxBytes)
        {
            _values.Clear();
            _bytes = 0;
        }

        if (bytes.Length <= maxBytes && _values.TryAdd(bytes.ToArray(), value))
        {
            _bytes += bytes.Length;
        }
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        internal static BytesComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        // Seeded at random per process: names are chosen by those who are watched.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
