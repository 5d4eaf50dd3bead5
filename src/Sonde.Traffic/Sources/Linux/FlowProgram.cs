using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;
using Sonde.Packets;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Writes the programs that count: one for what the sockets of a cgroup receive, one for what they send.</summary>
/// <remarks>
/// They run where a packet belongs to a socket already and the link-layer header is gone. So a byte is one of the IP packet, headers included, as the
/// socket hands it down or gets it: what is segmented later, or was merged before, counts the headers of one packet, and gso_segs says of how many.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class FlowProgram
{
    // struct __sk_buff (linux/bpf.h).
    private const int SkbLength = 0;
    private const int SkbInterface = 40;
    private const int SkbData = 76;
    private const int SkbDataEnd = 80;
    private const int SkbSegments = 164;

    // The stack, from its end.
    private const int Context = -8;
    private const int Header = Context - IPv6HeaderLength; // what is read of a packet that does not lie in one piece

    private const int UdpHeaderLength = 8;
    private const int IPv4HeaderLength = 20;
    private const int IPv6HeaderLength = 40;
    private const int NoOptions = 0x45; // version 4 and five words
    private const int FragmentOffset = 0x1FFF;
    private const int TcpFlags = 13;
    private const int Fin = 1;
    private const int Syn = 2;
    private const int Reset = 4;
    private const int Ack = 16;

    // IPv6 extension headers that are walked over before the packet counts as one without ports. More than one is never seen in practice.
    private const int MostExtensions = 2;

    private readonly BpfAssembler _code = new();
    private readonly FlowAccount _account;
    private readonly bool _isEgress;
    private readonly BpfLabel _pass;

    private FlowProgram(bool isEgress, KernelFlows flows)
    {
        _account = new FlowAccount(_code, flows, Header);
        _isEgress = isEgress;
        _pass = _code.DefineLabel();
    }

    private int Key => _account.Key;

    private int Source => _isEgress ? KernelFlow.Local : KernelFlow.Remote;

    private int Destination => _isEgress ? KernelFlow.Remote : KernelFlow.Local;

    /// <summary>Writes one of the two programs.</summary>
    /// <param name="isEgress">For what is sent.</param>
    /// <param name="flows">Where it counts.</param>
    /// <param name="means">What this kernel offers.</param>
    internal static BpfProgramSource Write(bool isEgress, KernelFlows flows, CountingMeans means)
    {
        var program = new FlowProgram(isEgress, flows);
        program.Write(means);
        return new BpfProgramSource(isEgress ? "sonde_egress" : "sonde_ingress", BpfProgramType.CgroupSkb, program._code.Build())
        {
            AttachType = isEgress ? BpfAttachType.CgroupEgress : BpfAttachType.CgroupIngress,
        };
    }

    private void Write(CountingMeans means)
    {
        BpfLabel isOther = _code.DefineLabel();
        BpfLabel isUsualIPv6 = _code.DefineLabel();
        BpfLabel isIPv6 = _code.DefineLabel();
        BpfLabel transport = _code.DefineLabel();
        BpfLabel account = _code.DefineLabel();

        // r6 context, r7 protocol, r8 where the header is read, r9 length.
        _code.Move(R6, R1).Store(R10, Context, R6, BpfSize.Double).Load(R9, R6, SkbLength, BpfSize.Word);
        for (int at = 0; at < KernelFlow.KeySize; at += sizeof(ulong))
        {
            _code.Store(R10, Key + at, 0, BpfSize.Double);
        }

        // r5 the end of what lies in one piece.
        _code.Load(R8, R6, SkbData, BpfSize.Word).Load(R5, R6, SkbDataEnd, BpfSize.Word);
        Require(IPv4HeaderLength + UdpHeaderLength, isOther);
        _code
            .Load(R1, R8, 0, BpfSize.Byte)
            .Move(R2, R1)
            .Compute(BpfOperation.ShiftRight, R2, 4)
            .JumpIf(BpfCondition.Equal, R2, 6, isUsualIPv6)
            .JumpIf(BpfCondition.NotEqual, R1, NoOptions, isOther)
            .Load(R1, R8, 6, BpfSize.Half)
            .SwapNetworkOrder(R1, 16)
            .Compute(BpfOperation.And, R1, FragmentOffset)
            .JumpIf(BpfCondition.NotEqual, R1, 0, isOther)
            .Load(R7, R8, 9, BpfSize.Byte);
        ReadUsual(IPv4HeaderLength, () => StoreIPv4Addresses(R8, 0), isOther, account);
        _code.Mark(isUsualIPv6);
        Require(IPv6HeaderLength + UdpHeaderLength, isOther);
        _code.Load(R7, R8, 6, BpfSize.Byte);
        ReadUsual(IPv6HeaderLength, () => StoreIPv6Addresses(R8, 0), isOther, account);

        _code.Mark(isOther);
        LoadPacket(0, Header, IPv4HeaderLength, _pass);
        _code
            .Load(R1, R10, Header, BpfSize.Byte)
            .Compute(BpfOperation.ShiftRight, R1, 4)
            .JumpIf(BpfCondition.Equal, R1, 6, isIPv6);
        ReadIPv4(account);
        _code.Jump(transport).Mark(isIPv6);
        LoadPacket(0, Header, IPv6HeaderLength, _pass);
        ReadIPv6();
        _code.Mark(transport);
        ReadTransport(account);
        _code.Mark(account);
        Account(means);
    }

    // TCP and UDP right after the header, not fragmented: most packets. r7 is the protocol; at the end r8 holds the signs.
    private void ReadUsual(int headerLength, Action storeAddresses, BpfLabel otherwise, BpfLabel account)
    {
        BpfLabel isTcp = _code.DefineLabel();
        BpfLabel isWhole = _code.DefineLabel();
        _code
            .JumpIf(BpfCondition.Equal, R7, (int)IPProtocol.Tcp, isTcp)
            .JumpIf(BpfCondition.NotEqual, R7, (int)IPProtocol.Udp, otherwise)
            .Jump(isWhole)
            .Mark(isTcp);
        Require(headerLength + TcpFlags + 1, otherwise);
        _code.Mark(isWhole);
        StorePorts(R8, headerLength);
        storeAddresses();
        _code
            .Store(R10, Key + KernelFlow.Protocol, R7, BpfSize.Byte)
            .Move(R3, R8)
            .Move(R8, 0)
            .JumpIf(BpfCondition.NotEqual, R7, (int)IPProtocol.Tcp, account)
            .Load(R1, R3, headerLength + TcpFlags, BpfSize.Byte)
            .Move(R2, R1)
            .Compute(BpfOperation.And, R2, Fin | Syn | Reset)
            .JumpIf(BpfCondition.Equal, R2, 0, account);
        ReadSigns();
        _code.Jump(account);
    }

    // Goes elsewhere unless so many bytes at r8 lie before r5.
    private void Require(int length, BpfLabel otherwise) => _code
        .Move(R2, R8)
        .Compute(BpfOperation.Add, R2, length)
        .JumpIf(BpfCondition.Greater, R2, R5, otherwise);

    // At the end r8 is where ports stand, or 0 and on to the account when there are none.
    private void ReadIPv4(BpfLabel account)
    {
        _code
            .Load(R1, R10, Header, BpfSize.Byte)
            .Compute(BpfOperation.ShiftRight, R1, 4)
            .JumpIf(BpfCondition.NotEqual, R1, 4, _pass);
        StoreIPv4Addresses(R10, Header);
        _code
            .Load(R7, R10, Header + 9, BpfSize.Byte)
            .Store(R10, Key + KernelFlow.Protocol, R7, BpfSize.Byte)
            .Load(R1, R10, Header + 6, BpfSize.Half)
            .SwapNetworkOrder(R1, 16)
            .Compute(BpfOperation.And, R1, FragmentOffset) // only the first one has ports
            .Move(R8, 0)
            .JumpIf(BpfCondition.NotEqual, R1, 0, account)
            .Load(R8, R10, Header, BpfSize.Byte)
            .Compute(BpfOperation.And, R8, 0x0F)
            .Compute(BpfOperation.ShiftLeft, R8, 2);
    }

    private void ReadIPv6()
    {
        StoreIPv6Addresses(R10, Header);
        _code.Load(R7, R10, Header + 6, BpfSize.Byte);
        BpfLabel end = _code.DefineLabel();
        _code.Move(R8, IPv6HeaderLength);
        for (int i = 0; i < MostExtensions; i++)
        {
            BpfLabel isExtension = _code.DefineLabel();
            _code
                .JumpIf(BpfCondition.Equal, R7, (int)IPProtocol.HopByHop, isExtension)
                .JumpIf(BpfCondition.Equal, R7, (int)IPProtocol.Routing, isExtension)
                .JumpIf(BpfCondition.NotEqual, R7, (int)IPProtocol.DestinationOptions, end)
                .Mark(isExtension);
            LoadPacketAt(R8, Header, 2, end);
            _code
                .Load(R7, R10, Header, BpfSize.Byte)
                .Load(R1, R10, Header + 1, BpfSize.Byte)
                .Compute(BpfOperation.Add, R1, 1)
                .Compute(BpfOperation.ShiftLeft, R1, 3)
                .Compute(BpfOperation.Add, R8, R1);
        }

        _code.Mark(end).Store(R10, Key + KernelFlow.Protocol, R7, BpfSize.Byte);
    }

    // Ports into the key; at the end r8 holds the signs.
    private void ReadTransport(BpfLabel account)
    {
        BpfLabel hasPorts = _code.DefineLabel();
        BpfLabel none = _code.DefineLabel();
        foreach (IPProtocol protocol in (ReadOnlySpan<IPProtocol>)[IPProtocol.Tcp, IPProtocol.Udp, IPProtocol.Sctp, IPProtocol.UdpLite, IPProtocol.Dccp])
        {
            _code.JumpIf(BpfCondition.Equal, R7, (int)protocol, hasPorts);
        }

        _code.Jump(none).Mark(hasPorts);
        LoadPacketAt(R8, Header, 4, none);
        StorePorts(R10, Header);
        _code
            .JumpIf(BpfCondition.NotEqual, R7, (int)IPProtocol.Tcp, none)
            .Compute(BpfOperation.Add, R8, TcpFlags);
        LoadPacketAt(R8, Header, 1, none);
        _code.Load(R1, R10, Header, BpfSize.Byte).Move(R8, 0);
        ReadSigns();
        _code.Jump(account).Mark(none).Move(R8, 0);
    }

    private void StoreIPv4Addresses(BpfRegister packet, int header)
    {
        foreach ((int place, int from) in (ReadOnlySpan<(int, int)>)[(Source, 12), (Destination, 16)])
        {
            _code
                .Store(R10, Key + place + 10, -1, BpfSize.Half)
                .Load(R1, packet, header + from, BpfSize.Word)
                .Store(R10, Key + place + 12, R1, BpfSize.Word);
        }
    }

    private void StoreIPv6Addresses(BpfRegister packet, int header)
    {
        foreach ((int place, int from) in (ReadOnlySpan<(int, int)>)[(Source, 8), (Destination, 24)])
        {
            for (int at = 0; at < 16; at += sizeof(ulong))
            {
                _code.Load(R1, packet, header + from + at, BpfSize.Double).Store(R10, Key + place + at, R1, BpfSize.Double);
            }
        }
    }

    private void StorePorts(BpfRegister packet, int at) => _code
        .Load(R1, packet, at, BpfSize.Half)
        .Store(R10, Key + (_isEgress ? KernelFlow.LocalPort : KernelFlow.RemotePort), R1, BpfSize.Half)
        .Load(R1, packet, at + 2, BpfSize.Half)
        .Store(R10, Key + (_isEgress ? KernelFlow.RemotePort : KernelFlow.LocalPort), R1, BpfSize.Half);

    // From the flags in r1 into r8.
    private void ReadSigns()
    {
        BpfLabel answer = _code.DefineLabel();
        BpfLabel noSyn = _code.DefineLabel();
        _code
            .Move(R2, R1)
            .Compute(BpfOperation.And, R2, Syn | Ack)
            .JumpIf(BpfCondition.Equal, R2, Syn | Ack, answer)
            .JumpIf(BpfCondition.NotEqual, R2, Syn, noSyn)
            .Move(R8, (int)(_isEgress ? FlowSigns.Opened : FlowSigns.Accepted))
            .Jump(noSyn)
            .Mark(answer)
            .Move(R8, (int)(_isEgress ? FlowSigns.Accepted : FlowSigns.Opened))
            .Mark(noSyn);
        foreach ((int flag, FlowSigns sign) in (ReadOnlySpan<(int, FlowSigns)>)[(Fin, _isEgress ? FlowSigns.FinishedHere : FlowSigns.FinishedThere), (Reset, FlowSigns.Reset)])
        {
            BpfLabel without = _code.DefineLabel();
            _code
                .Move(R2, R1)
                .Compute(BpfOperation.And, R2, flag)
                .JumpIf(BpfCondition.Equal, R2, 0, without)
                .Compute(BpfOperation.Or, R8, (int)sign)
                .Mark(without);
        }
    }

    private void Account(CountingMeans means)
    {
        BpfLabel one = _code.DefineLabel();

        // r7 packets.
        _code
            .Move(R1, R6).Call(BpfHelper.SocketCookie).Store(R10, Key + KernelFlow.Cookie, R0, BpfSize.Double)
            .Load(R1, R6, SkbInterface, BpfSize.Word).Store(R10, _account.InterfaceIndex, R1, BpfSize.Word)
            .Load(R7, R6, SkbSegments, BpfSize.Word)
            .JumpIf(BpfCondition.NotEqual, R7, 0, one)
            .Move(R7, 1)
            .Mark(one);
        _account.Write(_isEgress, means.Gathers, means.HasNamespaceCookie ? AddNamespace : null, _pass);

        // 1 lets the packet pass, always.
        _code.Mark(_pass).Return(1);
    }

    private void AddNamespace() => _code
        .Load(R1, R10, Context, BpfSize.Double)
        .Call(BpfHelper.NetworkNamespaceCookie)
        .Store(R10, Key + KernelFlow.NetworkNamespace, R0, BpfSize.Double);

    private void LoadPacket(int from, int to, int length, BpfLabel otherwise)
    {
        _code.Move(R2, from);
        LoadPacket(to, length, otherwise);
    }

    private void LoadPacketAt(BpfRegister from, int to, int length, BpfLabel otherwise)
    {
        _code.Move(R2, from);
        LoadPacket(to, length, otherwise);
    }

    private void LoadPacket(int to, int length, BpfLabel otherwise)
    {
        _code.Move(R1, R6);
        _code.Move(R3, R10).Compute(BpfOperation.Add, R3, to).Move(R4, length).Call(BpfHelper.LoadSkbBytes).JumpIf(BpfCondition.NotEqual, R0, 0, otherwise);
    }
}
