namespace Sonde.Packets.Headers;

/// <summary>The options of an IPv4 or TCP header, read one by one: <c>foreach (HeaderOption option in header.Options)</c>.</summary>
/// <remarks>Both protocols write options alike: 0 ends them, 1 is a filler of one byte, all others give their length. An option whose
/// length is wrong ends the list; <see cref="HasDefect"/> tells.</remarks>
public readonly ref struct HeaderOptions
{
    private const byte End = 0;
    private const byte NoOperation = 1;

    private readonly ReadOnlySpan<byte> _bytes;

    internal HeaderOptions(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether there are no bytes of options.</summary>
    public bool IsEmpty => _bytes.IsEmpty;

    /// <summary>Whether an option's length lies, so that those after it could not be read.</summary>
    public bool HasDefect
    {
        get
        {
            Enumerator options = GetEnumerator();
            while (options.MoveNext())
            {
            }

            return options.HasDefect;
        }
    }

    /// <summary>Starts before the first option.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>Finds the first option of a kind.</summary>
    public bool TryGet(byte kind, out ReadOnlySpan<byte> data)
    {
        foreach (HeaderOption option in this)
        {
            if (option.Kind == kind)
            {
                data = option.Data;
                return true;
            }
        }

        data = default;
        return false;
    }

    /// <summary>Goes from option to option; fillers are options too, without data.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes)
        {
            _rest = bytes;
            Current = default;
            HasDefect = false;
            EndedByOption = false;
        }

        /// <summary>The option it stands on.</summary>
        public HeaderOption Current { get; private set; }

        /// <summary>Whether it ended at an option whose length lies.</summary>
        public bool HasDefect { get; private set; }

        /// <summary>Whether it ended at the option that says so, before the header did.</summary>
        public bool EndedByOption { get; private set; }

        /// <summary>Goes to the next option.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty || _rest[0] == End)
            {
                EndedByOption |= !_rest.IsEmpty;
                _rest = default;
                return false;
            }

            if (_rest[0] == NoOperation)
            {
                Current = new HeaderOption(NoOperation, default);
                _rest = _rest[1..];
                return true;
            }

            int length = _rest.Length < 2 ? 0 : _rest[1];
            if (length < 2 || length > _rest.Length)
            {
                HasDefect = true;
                _rest = default;
                return false;
            }

            Current = new HeaderOption(_rest[0], _rest[2..length]);
            _rest = _rest[length..];
            return true;
        }
    }
}
