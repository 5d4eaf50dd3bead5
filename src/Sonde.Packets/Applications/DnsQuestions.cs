using System.Buffers.Binary;

namespace Sonde.Packets.Applications;

/// <summary>The questions of a DNS message: <c>foreach (DnsQuestion question in message.Questions)</c>.</summary>
public readonly ref struct DnsQuestions
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _count;

    internal DnsQuestions(ReadOnlySpan<byte> message, int count)
    {
        _message = message;
        _count = count;
    }

    /// <summary>Starts before the first question.</summary>
    public Enumerator GetEnumerator() => new(_message, _count);

    /// <summary>Goes from question to question.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _message;
        private int _left;

        internal Enumerator(ReadOnlySpan<byte> message, int count)
        {
            _message = message;
            _left = count;
            Offset = DnsMessage.HeaderSize;
            Current = default;
            HasDefect = false;
        }

        /// <summary>The question it stands on.</summary>
        public DnsQuestion Current { get; private set; }

        /// <summary>Whether it ended before the count did.</summary>
        public bool HasDefect { get; private set; }

        /// <summary>Where the next question begins.</summary>
        internal int Offset { get; private set; }

        /// <summary>Goes to the next question.</summary>
        public bool MoveNext()
        {
            if (_left == 0 || HasDefect)
            {
                return false;
            }

            int end = Offset;
            if (!DnsName.TrySkip(_message, ref end) || _message.Length - end < 4)
            {
                HasDefect = true;
                return false;
            }

            Current = new DnsQuestion(
                new DnsName(_message, Offset),
                (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(_message[end..]),
                BinaryPrimitives.ReadUInt16BigEndian(_message[(end + 2)..]));
            Offset = end + 4;
            _left--;
            return true;
        }
    }
}
