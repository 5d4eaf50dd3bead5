namespace Sonde.Packets.Applications;

/// <summary>Names of protocols as TLS lists them: <c>foreach (ReadOnlySpan&lt;byte&gt; name in hello.ApplicationProtocols)</c>, "h2" for instance.</summary>
public readonly ref struct TlsProtocolNames
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal TlsProtocolNames(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _bytes.IsEmpty;

    /// <summary>Starts before the first name.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>Goes from name to name; a name that is cut ends the list.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes)
        {
            _rest = bytes;
            Current = default;
        }

        /// <summary>The name it stands on.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes to the next name.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty || _rest[0] == 0 || _rest[0] >= _rest.Length)
            {
                return false;
            }

            Current = _rest.Slice(1, _rest[0]);
            _rest = _rest[(1 + _rest[0])..];
            return true;
        }
    }
}
