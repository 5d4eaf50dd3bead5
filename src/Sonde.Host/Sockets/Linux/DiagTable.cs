using Sonde.Interop.Linux;

namespace Sonde.Host.Sockets.Linux;

/// <summary>One table of sock_diag: a family and a protocol, with the request for it.</summary>
internal sealed class DiagTable
{
    private const uint AllStates = uint.MaxValue;

    internal DiagTable(SocketKinds kind, int family, byte protocol, string operation, bool statistics, uint states = AllStates)
    {
        Kind = kind;
        IsIPv6 = family == Netlink.AF_INET6;
        Protocol = protocol;
        Operation = operation;
        Request = new NetlinkRequest(InetDiag.SOCK_DIAG_BY_FAMILY).Add(new inet_diag_req_v2
        {
            sdiag_family = (byte)family,
            sdiag_protocol = protocol,
            idiag_ext = (byte)(Bit(InetDiag.INET_DIAG_SKMEMINFO) | Bit(InetDiag.INET_DIAG_TOS) | Bit(InetDiag.INET_DIAG_TCLASS) | Bit(InetDiag.INET_DIAG_SHUTDOWN)
                | (statistics && protocol == InetDiag.IPPROTO_TCP ? Bit(InetDiag.INET_DIAG_INFO) | Bit(InetDiag.INET_DIAG_CONG) : 0)),
            idiag_states = states,
        });
    }

    internal SocketKinds Kind { get; }

    internal bool IsIPv6 { get; }

    internal byte Protocol { get; }

    internal string Operation { get; }

    internal NetlinkRequest Request { get; }

    /// <summary>Whether this kernel was found not to have it.</summary>
    internal bool IsAbsent { get; set; }

    private static int Bit(ushort extension) => 1 << (extension - 1);
}
