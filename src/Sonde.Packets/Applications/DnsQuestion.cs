namespace Sonde.Packets.Applications;

/// <summary>A question in a DNS message.</summary>
public readonly ref struct DnsQuestion
{
    private const ushort UnicastBit = 0x8000;
    private readonly ushort _class;

    internal DnsQuestion(DnsName name, DnsRecordType type, ushort @class)
    {
        Name = name;
        Type = type;
        _class = @class;
    }

    /// <summary>The name asked about.</summary>
    public DnsName Name { get; }

    /// <summary>What is asked about it.</summary>
    public DnsRecordType Type { get; }

    /// <summary>1 for the Internet.</summary>
    public int Class => _class & ~UnicastBit;

    /// <summary>Of multicast DNS: whether the answer may go to the asker alone (RFC 6762, section 5.4).</summary>
    public bool WantsUnicastResponse => (_class & UnicastBit) != 0;
}
