using System.Globalization;
using System.Net;

namespace Sonde.Packets.Filters;

/// <content>Tests on addresses, protocols and ports.</content>
internal sealed partial class FilterGenerator
{
    private const int Tcp = 6;
    private const int Udp = 17;
    private const int Sctp = 132;

    /// <summary>A protocol word standing alone.</summary>
    internal Predicate Protocol(string protocol) => protocol switch
    {
        "sctp" => InBoth(Sctp),
        "tcp" => InBoth(Tcp),
        "udp" => InBoth(Udp),
        "pim" => InBoth(103),
        "ah" => InBoth(51),
        "esp" => InBoth(50),
        "icmp" => Encapsulated(1, "ip"),
        "igmp" => Encapsulated(2, "ip"),
        "igrp" => Encapsulated(9, "ip"),
        "vrrp" or "carp" => Encapsulated(112, "ip"),
        "icmp6" => Encapsulated(58, "ip6"),
        "esis" or "isis" or "clnp" => Encapsulated((uint)FilterNames.OsiProtocols[protocol], "iso"),
        "l1" => OfPdus(26, 24, 18, 15, 17),
        "l2" => OfPdus(27, 25, 20, 16, 17),
        "iih" => OfPdus(17, 15, 16),
        "lsp" => OfPdus(18, 20),
        "snp" => OfPdus(27, 26, 24, 25),
        "csnp" => OfPdus(24, 25),
        "psnp" => OfPdus(26, 27),
        "ether" => throw Error("'ether' must be followed by what to test: host, src, dst, proto, broadcast, multicast, or [offset]"),
        _ => LinkProtocol((uint)FilterNames.LinkProtocols[protocol]),
    };

    internal Predicate IPv4(FilterToken token, FilterQualifier qualifier)
    {
        (uint address, uint mask) = ShortAddress(token);
        RefuseKind(qualifier, "an IPv4 address");
        return qualifier.Protocol == "ether" ? throw Error("An Ethernet address is expected after 'ether'") : Host(address, mask, qualifier);
    }

    internal Predicate IPv4Prefix(FilterToken token, uint length, FilterQualifier qualifier)
    {
        (uint address, _) = ShortAddress(token);
        uint mask = length > 32 ? throw Error($"A prefix of an IPv4 address has at most 32 bits, not {length}")
            : length == 0 ? 0 : uint.MaxValue << (int)(32 - length);
        return Network(token, address, mask, qualifier);
    }

    internal Predicate MaskedIPv4(FilterToken token, FilterToken maskToken, FilterQualifier qualifier) =>
        Network(token, ShortAddress(token).Address, ShortAddress(maskToken).Address, qualifier);

    internal Predicate IPv6(FilterToken token, uint length, FilterQualifier qualifier)
    {
        RefuseKind(qualifier, "an IPv6 address");
        if (length > 128)
        {
            throw Error($"A prefix of an IPv6 address has at most 128 bits, not {length}");
        }

        UInt128 mask = length == 0 ? 0 : UInt128.MaxValue << (int)(128 - length);
        Span<byte> bytes = stackalloc byte[16];
        IPAddress.Parse(token.Text).TryWriteBytes(bytes, out _);
        UInt128 address = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        if ((address & ~mask) != 0)
        {
            throw Error($"{token.Text} has bits set behind its first {length}");
        }

        if (qualifier.Kind != "net" && length != 128)
        {
            throw Error("A prefix names a network: write 'net' before it");
        }

        return qualifier.Protocol is "" or "ip6"
            ? Directed(qualifier.Direction, 8, 24, offset => IPv6At(offset, address, mask))
            : throw Error($"'{qualifier.Protocol}' cannot stand before an IPv6 address");
    }

    internal Predicate Mac(FilterToken token, FilterQualifier qualifier)
    {
        if (qualifier.Protocol != "ether" || qualifier.Kind is not ("" or "host"))
        {
            throw Error("An Ethernet address must follow 'ether', 'ether src', 'ether dst' or 'ether host'");
        }

        if (_link != Link.Ethernet)
        {
            throw Error("Ethernet addresses are possible on Ethernet only");
        }

        byte[] address = MacBytes(token.Text);
        return OnInnerLink(Directed(qualifier.Direction, 6, 0, offset => Bytes(From.Link, offset, address)));
    }

    internal Predicate Number(uint value, FilterQualifier qualifier)
    {
        switch (qualifier.Kind)
        {
            case "port" or "portrange":
                return value > 65535 ? throw Error($"{value} is no port: the largest is 65535") : Ports(value, value, PortProtocol(qualifier), qualifier);
            case "proto":
                return Encapsulated(value, qualifier.Protocol);
            default:
                if (qualifier.Protocol == "ether")
                {
                    throw Error("An Ethernet address is expected after 'ether'");
                }

                uint mask = uint.MaxValue;
                while (qualifier.Kind == "net" && value != 0 && value < 0x01000000)
                {
                    value <<= 8;
                    mask <<= 8;
                }

                return Host(value, mask, qualifier);
        }
    }

    /// <summary>A name: a service, a range of ports or a protocol. Names of hosts and networks are not looked up.</summary>
    internal Predicate Name(FilterToken token, FilterQualifier qualifier)
    {
        switch (qualifier.Kind)
        {
            case "port":
                (uint port, int protocol) = Service(token.Text);
                return Ports(port, port, Agree(token, protocol, PortProtocol(qualifier)), qualifier);
            case "portrange":
                (uint first, uint last, int both) = PortRange(token.Text);
                return Ports(first, last, Agree(token, both, PortProtocol(qualifier)), qualifier);
            case "proto":
                Dictionary<string, int>? names = qualifier.Protocol switch
                {
                    "" or "ip" or "ip6" => FilterNames.IPProtocols,
                    "ether" => FilterNames.LinkProtocols,
                    "iso" => FilterNames.OsiProtocols,
                    _ => null,
                };
                return names is not null && names.TryGetValue(token.Text, out int number)
                    ? Encapsulated((uint)number, qualifier.Protocol)
                    : throw Error($"'{token.Text}' is no protocol known here: write its number");
            default:
                throw Error($"'{token.Text}' is a name, and names are not looked up: write an address");
        }
    }

    /// <summary>A value in the field by which a protocol says what it carries.</summary>
    private Predicate Encapsulated(uint value, string protocol)
    {
        switch (protocol)
        {
            case "":
                Predicate inIPv4 = Encapsulated(value, "ip");
                return Predicate.Or(inIPv4, Encapsulated(value, "ip6"));
            case "ip":
                return Predicate.And(LinkProtocol(EtherTypeIPv4), Field(From.Network, 9, Bpf.B, value));
            case "ip6":
                // One fragment header may stand between.
                Predicate fragment = Predicate.And(Field(From.Network, 6, Bpf.B, 44), Field(From.Network, 40, Bpf.B, value));
                return Predicate.And(LinkProtocol(EtherTypeIPv6), Predicate.Or(Field(From.Network, 6, Bpf.B, value), fragment));
            case "iso":
                return Predicate.And(LinkProtocol(LlcOsi), Field(From.NetworkPlain, 0, Bpf.B, value));
            case "isis":
                return Predicate.And(Encapsulated((uint)FilterNames.OsiProtocols["isis"], "iso"), Field(From.NetworkPlain, 4, Bpf.B, value));
            case "ether":
                return LinkProtocol(value);
            default:
                throw Error($"'{protocol} proto' has no meaning");
        }
    }

    // Kinds of IS-IS messages (ISO 10589); each is looked for from the beginning.
    private Predicate OfPdus(params ReadOnlySpan<uint> kinds)
    {
        Predicate? any = null;
        for (int at = kinds.Length - 1; at >= 0; at--)
        {
            Predicate one = Encapsulated(kinds[at], "isis");
            any = any is null ? one : Predicate.Or(one, any);
        }

        return any!; // every caller passes at least one
    }

    private Predicate InBoth(uint protocol)
    {
        Predicate inIPv6 = Encapsulated(protocol, "ip6");
        return Predicate.Or(inIPv6, Encapsulated(protocol, "ip"));
    }

    private Predicate Network(FilterToken token, uint address, uint mask, FilterQualifier qualifier)
    {
        RefuseKind(qualifier, "a network");
        return (address & ~mask) != 0 ? throw Error($"{token.Text} has bits set outside its mask")
            : qualifier.Kind != "net" ? throw Error("A prefix or a mask names a network: write 'net' before it")
            : qualifier.Protocol == "ether" ? throw Error("'ether' cannot stand before a network")
            : Host(address, mask, qualifier);
    }

    private Predicate Host(uint address, uint mask, FilterQualifier qualifier)
    {
        switch (qualifier.Protocol)
        {
            case "":
                Predicate inIPv4 = AddressOf(EtherTypeIPv4, 12, 16);
                if (_labels > 0)
                {
                    return inIPv4;
                }

                Predicate inArp = AddressOf(EtherTypeArp, 14, 24);
                return Predicate.Or(Predicate.Or(inIPv4, inArp), AddressOf(EtherTypeRarp, 14, 24));
            case "ip": return AddressOf(EtherTypeIPv4, 12, 16);
            case "arp": return AddressOf(EtherTypeArp, 14, 24);
            case "rarp": return AddressOf(EtherTypeRarp, 14, 24);
            default: throw Error($"'{qualifier.Protocol}' cannot stand before an IPv4 address");
        }

        Predicate AddressOf(uint type, uint source, uint destination) => Directed(qualifier.Direction, source, destination,
            offset => Predicate.And(LinkProtocol(type), Field(From.Network, offset, Bpf.W, address, mask)));
    }

    private Predicate IPv6At(uint offset, UInt128 address, UInt128 mask)
    {
        Predicate? all = null;
        for (int word = 3; word >= 0; word--)
        {
            Predicate part = Field(From.Network, offset + (uint)(3 - word) * 4, Bpf.W, (uint)(address >> (word * 32)), (uint)(mask >> (word * 32)));
            all = all is null ? part : Predicate.And(all, part);
        }

        return Predicate.And(LinkProtocol(EtherTypeIPv6), all!); // four words were joined above
    }

    private static Predicate Directed(string direction, uint source, uint destination, Func<uint, Predicate> at)
    {
        switch (direction)
        {
            case "src": return at(source);
            case "dst": return at(destination);
            default:
                Predicate first = at(source);
                Predicate second = at(destination);
                return direction == "and" ? Predicate.And(first, second) : Predicate.Or(first, second);
        }
    }

    private Predicate Ports(uint first, uint last, int protocol, FilterQualifier qualifier)
    {
        Predicate inIPv4 = Predicate.And(LinkProtocol(EtherTypeIPv4), OfProtocols(protocol, number => InPort4(number)));
        return Predicate.Or(Predicate.And(LinkProtocol(EtherTypeIPv6), OfProtocols(protocol, number => InPort6(number))), inIPv4);

        Predicate InPort4(uint number) => Predicate.And(
            Predicate.And(Field(From.Network, 9, Bpf.B, number), FirstFragment()),
            Directed(qualifier.Direction, 0, 2, offset => PortAt(From.Transport4, offset)));

        Predicate InPort6(uint number) => Predicate.And(
            Field(From.Network, 6, Bpf.B, number), Directed(qualifier.Direction, 0, 2, offset => PortAt(From.Transport6, offset)));

        Predicate PortAt(From from, uint offset) => qualifier.Kind == "port"
            ? Field(from, offset, Bpf.H, first)
            : Predicate.And(
                Field(from, offset, Bpf.H, Math.Min(first, last), jump: Bpf.Jge),
                Predicate.Not(Field(from, offset, Bpf.H, Math.Max(first, last), jump: Bpf.Jgt)));
    }

    private static Predicate OfProtocols(int protocol, Func<uint, Predicate> test)
    {
        if (protocol != 0)
        {
            return test((uint)protocol);
        }

        Predicate streams = Predicate.Or(test(Tcp), test(Udp));
        return Predicate.Or(test(Sctp), streams);
    }

    private Predicate FirstFragment() => Predicate.Not(Field(From.Network, 6, Bpf.H, 0x1FFF, jump: Bpf.Jset));

    private void RefuseKind(FilterQualifier qualifier, string what)
    {
        if (qualifier.Kind is not ("" or "host" or "net"))
        {
            throw Error($"'{qualifier.Kind}' cannot be {what}");
        }
    }

    private int PortProtocol(FilterQualifier qualifier) => qualifier.Protocol switch
    {
        "" => 0,
        "tcp" => Tcp,
        "udp" => Udp,
        "sctp" => Sctp,
        _ => throw Error($"'{qualifier.Protocol}' has no ports"),
    };

    private int Agree(FilterToken token, int named, int wanted) =>
        wanted == 0 ? named
        : named == 0 || named == wanted ? wanted
        : throw Error($"'{token.Text}' is a service of another protocol");

    private (uint Port, int Protocol) Service(string name)
    {
        if (!FilterNames.Services.TryGetValue(name, out (ushort Tcp, ushort Udp) ports))
        {
            throw Error($"'{name}' is no service known here: write its port");
        }

        return ports.Tcp == ports.Udp ? (ports.Tcp, 0) : ports.Tcp != 0 ? (ports.Tcp, Tcp) : (ports.Udp, Udp);
    }

    private (uint First, uint Last, int Protocol) PortRange(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash <= 0)
        {
            (uint port, int protocol) = PortOrService(text);
            return (port, port, protocol);
        }

        (uint first, int firstProtocol) = PortOrService(text[..dash]);
        (uint last, int lastProtocol) = PortOrService(text[(dash + 1)..]);
        return (first, last, firstProtocol == lastProtocol ? firstProtocol : 0);
    }

    private (uint Port, int Protocol) PortOrService(string text) =>
        text.Length > 0 && text.AsSpan().ContainsAnyExceptInRange('0', '9') is false
            ? uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint port) && port <= 65535
                ? (port, 0)
                : throw Error($"{text} is no port: the largest is 65535")
            : Service(text);

    private (uint Address, uint Mask) ShortAddress(FilterToken token)
    {
        uint address = 0;
        int bits = 0;
        foreach (string part in token.Text.Split('.'))
        {
            if (!byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte value))
            {
                throw Error($"'{token.Text}' is no IPv4 address: '{part}' is not between 0 and 255");
            }

            address = (address << 8) | value;
            bits += 8;
        }

        return (address << (32 - bits), uint.MaxValue << (32 - bits));
    }

    private static byte[] MacBytes(string text)
    {
        char separator = text.Contains(':', StringComparison.Ordinal) ? ':' : text.Contains('-', StringComparison.Ordinal) ? '-' : '.';
        string[] groups = text.Split(separator);
        return groups.Length == 6
            ? Array.ConvertAll(groups, static group => byte.Parse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
            : Convert.FromHexString(string.Concat(groups));
    }
}
