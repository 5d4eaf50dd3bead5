namespace Sonde.Packets.Filters;

/// <summary>Turns the words of a filter into loads and comparisons for one link type.</summary>
/// <remarks>Holds where the headers are believed to begin: <c>vlan</c>, <c>mpls</c> and <c>pppoes</c> move that for everything that follows.</remarks>
internal sealed partial class FilterGenerator
{
    private const uint EtherTypeIPv4 = 0x0800;
    private const uint EtherTypeArp = 0x0806;
    private const uint EtherTypeRarp = 0x8035;
    private const uint EtherTypeIPv6 = 0x86DD;

    /// <summary>The largest length that an 802.3 frame may declare; above it the field is an EtherType.</summary>
    private const uint LargestLength = 1500;

    private readonly string _expression;
    private readonly PacketFilterOptions _options;
    private readonly LinkType _outerLink;
    private readonly bool[] _registers = new bool[Bpf.MemoryWords];
    private int _lastRegister;
    private int _position;

    private Link _link;
    private uint _linkStart;
    private uint _typeOffset;
    private uint _payload;
    private uint _network;
    private uint _networkPlain;
    private int _labels;
    private int _tags;

    // With VLAN tags in metadata the first tag may also be in the frame: then these words hold by how much the headers moved.
    // Behind Geneve, which is of any length, these and the third hold where the headers of the inner packet begin.
    private int _typeShift = -1;
    private int _payloadShift = -1;
    private int _linkShift = -1;
    private bool _movesByTag;

    internal FilterGenerator(string expression, LinkType linkType, PacketFilterOptions options)
    {
        _expression = expression;
        _options = options;
        _outerLink = linkType;
        (_link, _typeOffset, _payload, _networkPlain) = linkType switch
        {
            LinkType.Ethernet => (Link.Ethernet, 12u, 14u, 3u),
            LinkType.Null => (Link.Null, 0u, 4u, 0u),
            LinkType.Loop => (Link.Loop, 0u, 4u, 0u),
            LinkType.Raw => (Link.Raw, 0u, 0u, 0u),
            LinkType.IPv4 => (Link.IPv4, 0u, 0u, 0u),
            LinkType.IPv6 => (Link.IPv6, 0u, 0u, 0u),
            LinkType.LinuxSll => (Link.Cooked, 14u, 16u, 0u),
            LinkType.LinuxSll2 => (Link.Cooked2, 0u, 20u, 0u),
            _ => throw new PacketFilterException(expression, 0, $"Frames of link type {(int)linkType} cannot be filtered"),
        };
    }

    private enum Link
    {
        Ethernet,
        Null,
        Loop,
        Raw,
        IPv4,
        IPv6,
        Cooked,
        Cooked2,
        Ppp,
    }

    private enum From
    {
        Link,
        LinkType,
        Payload,
        PreviousLabel,
        Network,
        NetworkPlain,
        Transport4,
        Transport6,
    }

    /// <summary>Whether the program is left as generated, as pcap leaves those that compute where headers begin.</summary>
    internal bool IsFinal { get; private set; }

    /// <summary>Says which word is being compiled, for errors.</summary>
    internal void At(int position) => _position = position;

    /// <summary>Puts what must run first before the first test.</summary>
    internal Predicate Finish(Predicate root)
    {
        if (_movesByTag)
        {
            root.First.Statements =
            [
                new Statement(Bpf.Ld | Bpf.Imm),
                new Statement(Bpf.St, (uint)_payloadShift),
                new Statement(Bpf.St, (uint)_typeShift),
                .. root.First.Statements,
            ];
        }

        return root;
    }

    private PacketFilterException Error(string problem) => new(_expression, _position, problem);

    private int TakeRegister()
    {
        for (int tries = 0; tries < Bpf.MemoryWords; tries++)
        {
            if (!_registers[_lastRegister])
            {
                _registers[_lastRegister] = true;
                return _lastRegister;
            }

            _lastRegister = (_lastRegister + 1) % Bpf.MemoryWords;
        }

        throw Error("The expression needs more than the 16 words of memory that a filter has");
    }

    private static Statement Make(int code, uint k = 0) => new(code, k);

    private static Predicate.Test Compare(List<Statement> load, int jump, uint operand) => new(load, Bpf.Jmp | jump, operand);

    private static Predicate.Test Always() => Compare([Make(Bpf.Ld | Bpf.Imm)], Bpf.Jeq, 0);

    private static Predicate.Test Never() => Compare([Make(Bpf.Ld | Bpf.Imm, 1)], Bpf.Jeq, 0);

    private List<Statement> LoadPayload(uint offset, int size) => _payloadShift < 0
        ? [Make(Bpf.Ld | Bpf.Abs | size, _payload + offset)]
        : [Make(Bpf.Ldx | Bpf.Mem, (uint)_payloadShift), Make(Bpf.Ld | Bpf.Ind | size, _payload + offset)];

    private List<Statement> LoadHeaderLength() => _payloadShift < 0
        ? [Make(Bpf.Ldx | Bpf.Msh | Bpf.B, _payload + _network)]
        :
        [
            Make(Bpf.Ldx | Bpf.Mem, (uint)_payloadShift),
            Make(Bpf.Ld | Bpf.Ind | Bpf.B, _payload + _network),
            Make(Bpf.Alu | Bpf.And, 0x0F),
            Make(Bpf.Alu | Bpf.Lsh, 2),
            Make(Bpf.Alu | Bpf.Add | Bpf.X),
            Make(Bpf.Misc | Bpf.Tax),
        ];

    private List<Statement> LoadFrom(From from, uint offset, int size) => from switch
    {
        From.Link when _linkShift >= 0 => [Make(Bpf.Ldx | Bpf.Mem, (uint)_linkShift), Make(Bpf.Ld | Bpf.Ind | size, unchecked(_linkStart + offset))],
        From.Link => [Make(Bpf.Ld | Bpf.Abs | size, unchecked(_linkStart + offset))],
        From.LinkType when _typeShift >= 0 => [Make(Bpf.Ldx | Bpf.Mem, (uint)_typeShift), Make(Bpf.Ld | Bpf.Ind | size, _typeOffset + offset)],
        From.LinkType => [Make(Bpf.Ld | Bpf.Abs | size, _typeOffset + offset)],
        From.Payload => LoadPayload(offset, size),
        From.PreviousLabel => LoadPayload(_network - 4 + offset, size),
        From.Network => LoadPayload(_network + offset, size),
        From.NetworkPlain => LoadPayload(_networkPlain + offset, size),
        From.Transport4 => [.. LoadHeaderLength(), Make(Bpf.Ld | Bpf.Ind | size, _payload + _network + offset)],
        _ => LoadPayload(_network + 40 + offset, size),
    };

    private Predicate.Test Field(From from, uint offset, int size, uint value, uint mask = uint.MaxValue, int jump = Bpf.Jeq)
    {
        List<Statement> load = LoadFrom(from, offset, size);
        if (mask != uint.MaxValue)
        {
            load.Add(Make(Bpf.Alu | Bpf.And, mask));
        }

        return Compare(load, jump, value);
    }

    // Compared from the last word to the first: most often the end of an address tells it from others.
    private Predicate Bytes(From from, uint offset, ReadOnlySpan<byte> value)
    {
        Predicate? all = null;
        int end = value.Length;
        while (end > 0)
        {
            int size = end >= 4 ? 4 : end >= 2 ? 2 : 1;
            end -= size;
            uint expected = 0;
            foreach (byte part in value.Slice(end, size))
            {
                expected = (expected << 8) | part;
            }

            Predicate test = Field(from, offset + (uint)end, size switch { 4 => Bpf.W, 2 => Bpf.H, _ => Bpf.B }, expected);
            all = all is null ? test : Predicate.And(all, test);
        }

        return all!; // every caller passes at least one byte
    }
}
