using Sonde.Packets;
using Sonde.Packets.Applications;

namespace Sonde.Traffic.Dns;

/// <summary>A question that waits for its answer, or was answered just now; used again and again, so that asking allocates nothing.</summary>
internal sealed class OpenQuestion
{
    private char[] _name = new char[64];
    private int _nameLength;

    internal ExchangeKey Key { get; set; }

    internal FlowEndpoint Client { get; set; }

    internal FlowEndpoint Server { get; set; }

    internal ushort Id { get; set; }

    internal DnsRecordType Type { get; set; }

    internal long FirstAsked { get; set; }

    internal long LastAsked { get; set; }

    internal int InterfaceIndex { get; set; }

    internal int AnswerInterfaceIndex { get; set; }

    internal int Retransmits { get; set; }

    internal bool IsAnswered { get; set; }

    internal ReadOnlySpan<char> Name => _name.AsSpan(0, _nameLength);

    /// <summary>Whether it has letters of both cases.</summary>
    internal bool IsCaseMixed => Name.IndexOfAnyInRange('A', 'Z') >= 0 && Name.IndexOfAnyInRange('a', 'z') >= 0;

    /// <summary>Another question with the same key, or null.</summary>
    internal OpenQuestion? Next { get; set; }

    internal OpenQuestion? Newer { get; set; }

    internal OpenQuestion? Older { get; set; }

    internal void SetName(ReadOnlySpan<char> name)
    {
        if (name.Length > _name.Length)
        {
            _name = new char[Math.Max(name.Length, _name.Length * 2)];
        }

        name.CopyTo(_name);
        _nameLength = name.Length;
    }

    /// <summary>Whether it asks the same. Names are the same in any case (RFC 4343).</summary>
    internal bool Asks(ReadOnlySpan<char> name, DnsRecordType type) => Type == type && Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
