namespace Sonde.Packets.Filters;

/// <content>LLC frames, and Geneve: a packet within UDP whose place must be computed.</content>
internal sealed partial class FilterGenerator
{
    private const uint GenevePort = 6081;
    private const uint EthernetBridging = 0x6558;
    private const uint LargestNetworkIdentifier = 0xFFFFFF;

    /// <summary>An LLC frame, of any kind or of the one named.</summary>
    internal Predicate Llc(string? kind)
    {
        if (_link != Link.Ethernet)
        {
            throw Error("'llc' is possible on Ethernet only");
        }

        // A pair of 0xFF is no pair of service points, but NetWare's own framing.
        Predicate isLength = Predicate.Not(Field(From.LinkType, 0, Bpf.H, LargestLength, jump: Bpf.Jgt));
        Predicate isLlc = Predicate.And(isLength, Predicate.Not(Field(From.Payload, 0, Bpf.H, 0xFFFF)));
        return kind switch
        {
            null => isLlc,
            "i" => Predicate.And(isLlc, Predicate.Not(Field(From.Payload, 2, Bpf.B, 1, jump: Bpf.Jset))),
            "s" => Control(0x01, 0x03),
            "u" => Control(0x03, 0x03),
            "rr" => Control(0x01, 0x0F),
            "rnr" => Control(0x05, 0x0F),
            "rej" => Control(0x09, 0x0F),
            "ui" => Control(0x03, 0xEF),
            "ua" => Control(0x63, 0xEF),
            "disc" => Control(0x43, 0xEF),
            "dm" => Control(0x0F, 0xEF),
            "sabme" => Control(0x6F, 0xEF),
            "test" => Control(0xE3, 0xEF),
            "xid" => Control(0xAF, 0xEF),
            "frmr" => Control(0x87, 0xEF),
            _ => throw Error($"'{kind}' is no kind of LLC frame: i, s, u, rr, rnr, rej, ui, ua, disc, dm, sabme, test, xid or frmr"),
        };

        Predicate Control(uint value, uint mask) => Predicate.And(isLlc, Field(From.Payload, 2, Bpf.B, value, mask));
    }

    /// <summary>Geneve (RFC 8926), and of which network; the words behind it are about the packet within.</summary>
    internal Predicate Geneve(uint? network)
    {
        if (network > LargestNetworkIdentifier)
        {
            throw Error($"Geneve network {network} does not exist: the largest is {LargestNetworkIdentifier}");
        }

        Predicate found = Predicate.Or(GeneveOverIPv4(network), GeneveOverIPv6(network));
        int type = TakeRegister();
        int link = TakeRegister();
        int payload = TakeRegister();

        // A holds how long the IP header is. Within, there is an Ethernet frame, or at once what the Geneve header names.
        Predicate isEthernet = Compare(
            [
                Make(Bpf.Alu | Bpf.Add, _payload + _network + 8),
                Make(Bpf.Misc | Bpf.Tax),
                Make(Bpf.Alu | Bpf.Add, 2),
                Make(Bpf.St, (uint)type),
                Make(Bpf.Ld | Bpf.Ind | Bpf.B),
                Make(Bpf.Alu | Bpf.And, 0x3F),
                Make(Bpf.Alu | Bpf.Mul, 4),
                Make(Bpf.Alu | Bpf.Add, 8),
                Make(Bpf.Alu | Bpf.Add | Bpf.X),
                Make(Bpf.St, (uint)link),
                Make(Bpf.Ld | Bpf.Ind | Bpf.H, 2),
                Make(Bpf.Ldx | Bpf.Mem, (uint)link),
            ],
            Bpf.Jeq,
            EthernetBridging);
        Predicate behindEthernet = Compare(
            [
                Make(Bpf.Misc | Bpf.Txa),
                Make(Bpf.Alu | Bpf.Add, 12),
                Make(Bpf.St, (uint)type),
                Make(Bpf.Alu | Bpf.Add, 2),
                Make(Bpf.Misc | Bpf.Tax), // and so A equals X: the test always holds
            ],
            Bpf.Jeq | Bpf.X,
            0);
        Predicate.Test done = Compare([Make(Bpf.Stx, (uint)payload), Make(Bpf.Ld | Bpf.Imm)], Bpf.Jeq, 0);
        found = Predicate.And(Predicate.And(found, Predicate.Or(Predicate.Not(isEthernet), behindEthernet)), done);

        (_link, _linkStart, _typeOffset, _payload, _network) = (Link.Ethernet, 0, 0, 0, 0);
        (_typeShift, _linkShift, _payloadShift) = (type, link, payload);
        _isWithinGeneve = true;
        IsFinal = true;
        return found;
    }

    private bool _isWithinGeneve;

    private Predicate GeneveOverIPv4(uint? network)
    {
        Predicate port = Predicate.And(
            Predicate.And(Field(From.Network, 9, Bpf.B, Udp), FirstFragment()), Field(From.Transport4, 2, Bpf.H, GenevePort));
        Predicate found = GeneveHeader(Predicate.And(LinkProtocol(EtherTypeIPv4), port), From.Transport4, network);
        return Predicate.And(found, Compare([.. LoadHeaderLength(), Make(Bpf.Misc | Bpf.Txa)], Bpf.Jeq | Bpf.X, 0));
    }

    private Predicate GeneveOverIPv6(uint? network)
    {
        Predicate port = Predicate.And(Field(From.Network, 6, Bpf.B, Udp), Field(From.Transport6, 2, Bpf.H, GenevePort));
        Predicate found = GeneveHeader(Predicate.And(LinkProtocol(EtherTypeIPv6), port), From.Transport6, network);
        List<Statement> length = _payloadShift < 0
            ? [Make(Bpf.Ld | Bpf.Imm, 40)]
            : [Make(Bpf.Ldx | Bpf.Mem, (uint)_payloadShift), Make(Bpf.Ld | Bpf.Imm, 40), Make(Bpf.Alu | Bpf.Add | Bpf.X)];
        return Predicate.And(found, Compare([.. length, Make(Bpf.Misc | Bpf.Tax)], Bpf.Jeq | Bpf.X, 0));
    }

    // Version 0, whose fields are known, and the network.
    private Predicate GeneveHeader(Predicate port, From from, uint? network)
    {
        Predicate found = Predicate.And(port, Field(from, 8, Bpf.B, 0, 0xC0));
        return network is uint wanted ? Predicate.And(found, Field(from, 12, Bpf.W, wanted << 8, 0xFFFFFF00)) : found;
    }

    // Within Geneve there may be no Ethernet header: then it and its payload begin at the same place.
    private Predicate OnInnerLink(Predicate test) => !_isWithinGeneve
        ? test
        : Predicate.And(
            Predicate.Not(Compare([Make(Bpf.Ld | Bpf.Mem, (uint)_payloadShift), Make(Bpf.Ldx | Bpf.Mem, (uint)_linkShift)], Bpf.Jeq | Bpf.X, 0)),
            test);
}
