using System.Buffers.Binary;

namespace Sonde.Packets.Applications;

/// <summary>The records of a DNS message, all sections in order: <c>foreach (DnsRecord record in message.Records)</c>.</summary>
public readonly ref struct DnsRecords
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _offset;
    private readonly int _answers;
    private readonly int _authorities;
    private readonly int _additionals;

    // An offset of 0 says that the questions before the records cannot be read.
    internal DnsRecords(ReadOnlySpan<byte> message, int offset, int answers, int authorities, int additionals)
    {
        _message = message;
        _offset = offset;
        _answers = answers;
        _authorities = authorities;
        _additionals = additionals;
    }

    /// <summary>Starts before the first record.</summary>
    public Enumerator GetEnumerator() => new(_message, _offset, _answers, _authorities, _additionals);

    /// <summary>Goes from record to record.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _message;
        private readonly int _firstAuthority;
        private readonly int _firstAdditional;
        private readonly int _count;
        private int _offset;
        private int _index;

        internal Enumerator(ReadOnlySpan<byte> message, int offset, int answers, int authorities, int additionals)
        {
            _message = message;
            _offset = offset;
            _index = 0;
            _firstAuthority = answers;
            _firstAdditional = answers + authorities;
            _count = answers + authorities + additionals;
            Current = default;
            HasDefect = offset == 0 && _count > 0;
        }

        /// <summary>The record it stands on.</summary>
        public DnsRecord Current { get; private set; }

        /// <summary>Whether it ended before the counts did: the message is cut, or it lies.</summary>
        public bool HasDefect { get; private set; }

        /// <summary>Goes to the next record.</summary>
        public bool MoveNext()
        {
            if (HasDefect || _index == _count)
            {
                return false;
            }

            int end = _offset;
            if (!DnsName.TrySkip(_message, ref end) || _message.Length - end < 10)
            {
                HasDefect = true;
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(_message[(end + 8)..]);
            if (length > _message.Length - end - 10)
            {
                HasDefect = true;
                return false;
            }

            DnsSection section = _index < _firstAuthority ? DnsSection.Answer
                : _index < _firstAdditional ? DnsSection.Authority
                : DnsSection.Additional;
            Current = new DnsRecord(_message, _offset, end, length, section);
            _offset = end + 10 + length;
            _index++;
            return true;
        }
    }
}
