using System.Buffers.Binary;

namespace Sonde.Packets.Filters;

/// <content>Tests on the link layer and on what stands between it and the network layer.</content>
internal sealed partial class FilterGenerator
{
    private const uint LlcOsi = 0xFE;
    private const uint LlcIP = 0x06;
    private const uint LlcNetBeui = 0xF0;
    private const uint LlcIpx = 0xE0;
    private const uint LlcSpanningTree = 0x42;
    private const uint Ipx = 0x8137;
    private const uint AppleTalk = 0x809B;
    private const uint AppleArp = 0x80F3;
    private const uint Cooked8022 = 4;
    private const uint Cooked8023 = 1;

    /// <summary>What a frame carries, by EtherType or, up to 1500, by LLC service point.</summary>
    internal Predicate LinkProtocol(uint type)
    {
        if (_labels > 0)
        {
            uint version = type switch
            {
                EtherTypeIPv4 or 0x21 => 0x40,
                EtherTypeIPv6 or 0x57 => 0x60,
                _ => throw Error("Only IPv4 and IPv6 can be told apart behind MPLS labels"),
            };
            Predicate lastLabel = Field(From.PreviousLabel, 2, Bpf.B, 1, 1);
            return Predicate.And(lastLabel, Field(From.Network, 0, Bpf.B, version, 0xF0));
        }

        return _link switch
        {
            Link.Ethernet => EthernetProtocol(type, Predicate.Not(Field(From.LinkType, 0, Bpf.H, LargestLength, jump: Bpf.Jgt))),
            Link.Cooked => EthernetProtocol(type, Field(From.LinkType, 0, Bpf.H, Cooked8022)),
            Link.Cooked2 => Field(From.LinkType, 0, Bpf.H, type),
            Link.Ppp => Field(From.LinkType, 0, Bpf.H, PppProtocol(type)),
            Link.Raw => type switch
            {
                EtherTypeIPv4 => Field(From.Link, 0, Bpf.B, 0x40, 0xF0),
                EtherTypeIPv6 => Field(From.Link, 0, Bpf.B, 0x60, 0xF0),
                _ => Never(),
            },
            Link.IPv4 => type == EtherTypeIPv4 ? Always() : Never(),
            Link.IPv6 => type == EtherTypeIPv6 ? Always() : Never(),
            _ => (type, _link) switch
            {
                (EtherTypeIPv4, Link.Null) => Field(From.Link, 0, Bpf.W, 0x02000000),
                (EtherTypeIPv6, Link.Null) => Field(From.Link, 0, Bpf.W, BinaryPrimitives.ReverseEndianness(_options.IPv6Family)),
                (EtherTypeIPv4, _) => Field(From.Link, 0, Bpf.W, 2),
                (EtherTypeIPv6, _) => Field(From.Link, 0, Bpf.W, _options.IPv6Family),
                _ => Never(),
            },
        };
    }

    internal Predicate Vlan(uint? tag)
    {
        if (_labels > 0)
        {
            throw Error("No VLAN tag can follow an MPLS label");
        }

        if (tag > 0xFFF)
        {
            throw Error($"VLAN {tag} does not exist: the largest is 4095");
        }

        if (_link != Link.Ethernet)
        {
            throw Error("'vlan' is possible on Ethernet only");
        }

        Predicate isTagged = Predicate.Or(Predicate.Or(LinkProtocol(0x8100), LinkProtocol(0x88A8)), LinkProtocol(0x9100));
        Predicate? isThisTag = tag is uint wanted ? Field(From.Payload, 0, Bpf.H, wanted, 0x0FFF) : null;
        Predicate found;
        if (_options.VlanInMetadata && _tags == 0)
        {
            (isTagged, isThisTag) = WithMetadata(isTagged, isThisTag, tag);
        }
        else
        {
            _payload += 4;
            _typeOffset += 4;
        }

        found = isThisTag is null ? isTagged : Predicate.And(isTagged, isThisTag);
        _tags++;
        return found;
    }

    internal Predicate Mpls(uint? label)
    {
        if (label > 0xFFFFF)
        {
            throw Error($"MPLS label {label} does not exist: the largest is 1048575");
        }

        Predicate found;
        if (_labels > 0)
        {
            found = Field(From.PreviousLabel, 2, Bpf.B, 0, 1);
        }
        else
        {
            found = _link switch
            {
                Link.Ethernet => LinkProtocol(0x8847),
                Link.Ppp => LinkProtocol(0x0281),
                _ => throw Error("'mpls' is possible on Ethernet and PPP only"),
            };
        }

        if (label is uint wanted)
        {
            found = Predicate.And(found, Field(From.Payload, _network, Bpf.W, wanted << 12, 0xFFFFF000));
        }

        _network += 4;
        _networkPlain += 4;
        _labels++;
        return found;
    }

    internal Predicate PppoeSession(uint? session)
    {
        if (session > 0xFFFF)
        {
            throw Error($"PPPoE session {session} does not exist: the largest is 65535");
        }

        Predicate found = LinkProtocol(0x8864);
        if (session is uint wanted)
        {
            found = Predicate.And(found, Field(From.Payload, _network, Bpf.W, wanted, 0xFFFF));
        }

        // Six bytes of PPPoE, then PPP without framing: its protocol field is all of the link layer.
        _link = Link.Ppp;
        _linkStart = _payload + _network + 6;
        _linkShift = _payloadShift;
        _typeOffset = _linkStart;
        _typeShift = _payloadShift;
        _payload = _linkStart + 2;
        _network = 0;
        _networkPlain = 0;
        return found;
    }

    internal Predicate Direction(bool outgoing)
    {
        Predicate isOutgoing = _outerLink switch
        {
            LinkType.LinuxSll when _link == Link.Cooked => Field(From.Link, 0, Bpf.H, 4),
            LinkType.LinuxSll2 when _link == Link.Cooked2 => Field(From.Link, 10, Bpf.B, 4),
            _ => Field(From.Link, Bpf.PacketType, Bpf.H, 4),
        };
        return outgoing ? isOutgoing : Predicate.Not(isOutgoing);
    }

    internal Predicate Interface(uint index) => _link == Link.Cooked2
        ? Field(From.Link, 4, Bpf.W, index)
        : Field(From.Link, Bpf.InterfaceIndex, Bpf.W, index);

    internal Predicate Broadcast(string protocol)
    {
        if (protocol is "" or "ether")
        {
            return _link == Link.Ethernet ? OnInnerLink(Bytes(From.Link, 0, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])) : throw Error("This link type has no broadcasts");
        }

        if (protocol != "ip")
        {
            throw Error("Only 'ether broadcast' and 'ip broadcast' are possible");
        }

        uint hosts = ~(_options.IPv4Mask ?? throw Error("'ip broadcast' needs the mask of the network, which is not known"));
        Predicate none = Field(From.Network, 16, Bpf.W, 0, hosts);
        return Predicate.And(LinkProtocol(EtherTypeIPv4), Predicate.Or(none, Field(From.Network, 16, Bpf.W, hosts, hosts)));
    }

    internal Predicate Multicast(string protocol) => protocol switch
    {
        "" or "ether" when _link == Link.Ethernet => OnInnerLink(Field(From.Link, 0, Bpf.B, 1, jump: Bpf.Jset)),
        "ip" => Predicate.And(LinkProtocol(EtherTypeIPv4), Field(From.Network, 16, Bpf.B, 224, jump: Bpf.Jge)),
        "ip6" => Predicate.And(LinkProtocol(EtherTypeIPv6), Field(From.Network, 24, Bpf.B, 255)),
        _ => throw Error("Only 'ether multicast' (on Ethernet), 'ip multicast' and 'ip6 multicast' are possible"),
    };

    // The first tag is most often beside the frame; where it is in it, the headers behind it have moved by its length.
    private (Predicate IsTagged, Predicate? IsThisTag) WithMetadata(Predicate inFrame, Predicate? tagInFrame, uint? tag)
    {
        Predicate present = Compare([Make(Bpf.Ld | Bpf.Abs | Bpf.B, Bpf.VlanTagPresent)], Bpf.Jeq, 1);
        _payloadShift = _payloadShift < 0 ? TakeRegister() : _payloadShift;
        _typeShift = _typeShift < 0 ? TakeRegister() : _typeShift;
        _movesByTag = true;
        inFrame.First.Statements =
        [
            Make(Bpf.Ld | Bpf.Mem, (uint)_payloadShift),
            Make(Bpf.Alu | Bpf.Add, 4),
            Make(Bpf.St, (uint)_payloadShift),
            Make(Bpf.Ld | Bpf.Mem, (uint)_typeShift),
            Make(Bpf.Alu | Bpf.Add, 4),
            Make(Bpf.St, (uint)_typeShift),
            .. inFrame.First.Statements,
        ];
        Predicate isTagged = Predicate.Or(present, inFrame);
        if (tagInFrame is null || tag is not uint wanted)
        {
            return (isTagged, null);
        }

        Predicate presentAgain = Compare([Make(Bpf.Ld | Bpf.Abs | Bpf.B, Bpf.VlanTagPresent)], Bpf.Jeq, 1);
        Predicate absent = Predicate.Not(Compare([Make(Bpf.Ld | Bpf.Abs | Bpf.B, Bpf.VlanTagPresent)], Bpf.Jeq, 1));
        Predicate thisOne = Compare([Make(Bpf.Ld | Bpf.Abs | Bpf.H, Bpf.VlanTag), Make(Bpf.Alu | Bpf.And, 0x0FFF)], Bpf.Jeq, wanted);
        return (isTagged, Predicate.Or(Predicate.And(presentAgain, thisOne), Predicate.And(absent, tagInFrame)));
    }

    private Predicate EthernetProtocol(uint type, Predicate isLlc)
    {
        bool cooked = _link == Link.Cooked;
        Predicate isType = Field(From.LinkType, 0, Bpf.H, type == LlcIpx ? Ipx : type);
        switch (type)
        {
            case LlcOsi or LlcIP or LlcNetBeui:
                return Predicate.And(isLlc, Field(From.Payload, 0, Bpf.H, (type << 8) | type));
            case LlcIpx when cooked:
                Predicate llc = Predicate.And(isLlc, Predicate.Or(Field(From.Payload, 0, Bpf.B, LlcIpx), Snap(0, Ipx)));
                return Predicate.Or(isType, Predicate.Or(Field(From.LinkType, 0, Bpf.H, Cooked8023), llc));
            case LlcIpx:
                Predicate raw = Predicate.Or(Field(From.Payload, 0, Bpf.B, LlcIpx), Field(From.Payload, 0, Bpf.H, 0xFFFF));
                return Predicate.Or(isType, Predicate.And(isLlc, Predicate.Or(Snap(0, Ipx), raw)));
            case AppleTalk or AppleArp:
                return Predicate.Or(isType, Predicate.And(isLlc, Snap(type == AppleTalk ? 0x080007u : 0u, type)));
            case <= LargestLength:
                return Predicate.And(isLlc, cooked ? Field(From.Link, _payload, Bpf.B, type) : Field(From.LinkType, 2, Bpf.B, type));
            default:
                return isType;
        }
    }

    private Predicate Snap(uint organisation, uint type) => Bytes(From.Payload, 0,
    [
        0xAA, 0xAA, 0x03, (byte)(organisation >> 16), (byte)(organisation >> 8), (byte)organisation, (byte)(type >> 8), (byte)type,
    ]);

    private static uint PppProtocol(uint type) => type switch
    {
        EtherTypeIPv4 => 0x21,
        EtherTypeIPv6 => 0x57,
        0x6003 => 0x27,
        AppleTalk => 0x29,
        0x0600 => 0x25,
        LlcOsi => 0x23,
        LlcSpanningTree => 0x31,
        LlcIpx => 0x2B,
        _ => type,
    };
}
