using System.Buffers.Binary;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Packets;

namespace Sonde.Host.Sockets.Linux;

/// <summary>Reads one socket of a sock_diag answer: struct inet_diag_msg and the attributes behind it.</summary>
internal static class InetDiagMessage
{
    /// <summary>Reads it.</summary>
    /// <param name="payload">What follows the netlink header.</param>
    /// <param name="protocol">The protocol that was asked for: the answer does not repeat it.</param>
    /// <param name="networkNamespace">Where it was asked, 0 when that is not known.</param>
    /// <param name="names">Makes one string of equal names.</param>
    /// <param name="sample">The socket.</param>
    /// <param name="tcp">Its figures.</param>
    /// <param name="hasTcp">Whether there are any.</param>
    /// <returns><see langword="false"/> for what is no socket of IPv4 or IPv6; never throws.</returns>
    internal static bool TryParse(
        ReadOnlySpan<byte> payload, byte protocol, ulong networkNamespace, CongestionNames names, out SocketSample sample, out TcpSample tcp, out bool hasTcp)
    {
        sample = default;
        tcp = default;
        hasTcp = false;
        if (!NativeStruct.TryRead(payload, out inet_diag_msg head) || head.idiag_family is not ((byte)Netlink.AF_INET or (byte)Netlink.AF_INET6))
        {
            return false;
        }

        sample.IsIPv6 = head.idiag_family == Netlink.AF_INET6;
        sample.Protocol = (IPProtocol)protocol;
        sample.Kind = protocol switch
        {
            InetDiag.IPPROTO_TCP => SocketKind.Tcp,
            InetDiag.IPPROTO_UDP => SocketKind.Udp,
            InetDiag.IPPROTO_UDPLITE => SocketKind.UdpLite,
            InetDiag.IPPROTO_SCTP => SocketKind.Sctp,
            _ => SocketKind.Raw,
        };

        // A raw socket shows its protocol where others have a port.
        bool hasPorts = sample.Kind != SocketKind.Raw;
        sample.Local = new FlowEndpoint(ReadAddress(head.id.idiag_src, sample.IsIPv6), hasPorts ? BinaryPrimitives.ReverseEndianness(head.id.idiag_sport) : (ushort)0);
        sample.Remote = new FlowEndpoint(ReadAddress(head.id.idiag_dst, sample.IsIPv6), hasPorts ? BinaryPrimitives.ReverseEndianness(head.id.idiag_dport) : (ushort)0);
        sample.State = LinuxSocketStates.Of(head.idiag_state, sample.Kind, sample.Local.Port != 0, HasPeer(sample.Remote));
        FillHead(head, networkNamespace, ref sample);

        var attributes = new NetlinkAttributes(payload[NativeStruct.SizeOf<inet_diag_msg>()..]);
        while (attributes.MoveNext())
        {
            if (attributes.Type == InetDiag.INET_DIAG_INFO && sample.Kind == SocketKind.Tcp)
            {
                hasTcp = sample.State != SocketState.Listen && TcpInfo.TryParse(attributes.Value, out tcp);
            }
            else
            {
                FillAttribute(attributes.Type, attributes.Value, names, ref sample);
            }
        }

        return true;
    }

    /// <summary>Finds the protocol that a notice names: nobody asked for it, so nobody knows it otherwise.</summary>
    internal static bool TryReadProtocol(ReadOnlySpan<byte> payload, out byte protocol)
    {
        protocol = 0;
        if (payload.Length < NativeStruct.SizeOf<inet_diag_msg>())
        {
            return false;
        }

        var attributes = new NetlinkAttributes(payload[NativeStruct.SizeOf<inet_diag_msg>()..]);
        while (attributes.MoveNext())
        {
            if (attributes.Type == InetDiag.INET_DIAG_PROTOCOL && attributes.Value.Length > 0)
            {
                protocol = attributes.Value[0];
                return true;
            }
        }

        return false;
    }

    private static bool HasPeer(FlowEndpoint remote) => remote.Port != 0 || !remote.Address.IsAny;

    private static InternetAddress ReadAddress(ReadOnlySpan<byte> address, bool isIPv6) =>
        isIPv6 ? InternetAddress.ReadIPv6(address) : InternetAddress.ReadIPv4(address);

    private static void FillHead(in inet_diag_msg head, ulong networkNamespace, ref SocketSample sample)
    {
        sample.Facts = SocketFacts.ReceiveQueue | SocketFacts.SendQueue;
        sample.ReceiveQueue = head.idiag_rqueue;
        sample.SendQueue = head.idiag_wqueue;
        ulong cookie = head.id.idiag_cookie[0] | ((ulong)head.id.idiag_cookie[1] << 32);
        if (cookie is not (0 or ulong.MaxValue)) // INET_DIAG_NOCOOKIE
        {
            sample.Cookie = cookie;
            sample.Facts |= SocketFacts.Cookie;
        }

        // Without an inode the kernel alone has it (TIME_WAIT, a connection that is not accepted yet): then user 0 is nobody, not root.
        if (head.idiag_inode != 0)
        {
            sample.Inode = head.idiag_inode;
            sample.User = head.idiag_uid;
            sample.Facts |= SocketFacts.Inode | SocketFacts.User;
        }

        if (networkNamespace != 0)
        {
            sample.Namespace = networkNamespace;
            sample.Facts |= SocketFacts.Namespace;
        }

        if (head.id.idiag_if != 0)
        {
            sample.Interface = unchecked((int)head.id.idiag_if);
            sample.Facts |= SocketFacts.Interface;
        }

        if (sample.Kind is SocketKind.Tcp)
        {
            sample.Timer = new SocketTimer(LinuxSocketStates.TimerOf(head.idiag_timer), TimeSpan.FromMilliseconds(head.idiag_expires), head.idiag_retrans);
            sample.Facts |= SocketFacts.Timer;
        }
    }

    private static void FillAttribute(ushort type, ReadOnlySpan<byte> value, CongestionNames names, ref SocketSample sample)
    {
        switch (type)
        {
            case InetDiag.INET_DIAG_SKMEMINFO:
                FillMemory(value, ref sample);
                break;
            case InetDiag.INET_DIAG_CONG:
                sample.Congestion = names.Of(value.TrimEnd((byte)0));
                break;
            case InetDiag.INET_DIAG_PROTOCOL when value.Length > 0:
                sample.Protocol = (IPProtocol)value[0];
                break;
            case InetDiag.INET_DIAG_TOS when value.Length > 0:
                sample.TypeOfService = value[0];
                sample.Facts |= SocketFacts.TypeOfService;
                break;
            case InetDiag.INET_DIAG_TCLASS when value.Length > 0:
                sample.TrafficClass = value[0];
                sample.Facts |= SocketFacts.TrafficClass;
                break;
            case InetDiag.INET_DIAG_SHUTDOWN when value.Length > 0:
                sample.Shutdown = value[0];
                sample.Facts |= SocketFacts.Shutdown;
                break;
            case InetDiag.INET_DIAG_SKV6ONLY when value.Length > 0:
                sample.IsIPv6Only = value[0] != 0;
                sample.Facts |= SocketFacts.IPv6Only;
                break;
            case InetDiag.INET_DIAG_MARK when NativeStruct.TryRead(value, out uint mark):
                sample.Mark = mark;
                sample.Facts |= SocketFacts.Mark;
                break;
            case InetDiag.INET_DIAG_CGROUP_ID when NativeStruct.TryRead(value, out ulong cgroup):
                sample.Cgroup = cgroup;
                sample.Facts |= SocketFacts.Cgroup;
                break;
        }
    }

    // An array of 32-bit numbers that kernels have made longer over time.
    private static void FillMemory(ReadOnlySpan<byte> value, ref SocketSample sample)
    {
        for (int at = 0; at <= InetDiag.SK_MEMINFO_DROPS && NativeStruct.TryRead(value, out uint number); at++, value = value[sizeof(uint)..])
        {
            switch (at)
            {
                case InetDiag.SK_MEMINFO_RMEM_ALLOC:
                    sample.ReceiveMemory = number;
                    sample.Facts |= SocketFacts.ReceiveMemory;
                    break;
                case InetDiag.SK_MEMINFO_RCVBUF:
                    sample.ReceiveBuffer = number;
                    sample.Facts |= SocketFacts.ReceiveBuffer;
                    break;
                case InetDiag.SK_MEMINFO_WMEM_ALLOC:
                    sample.SendMemory = number;
                    sample.Facts |= SocketFacts.SendMemory;
                    break;
                case InetDiag.SK_MEMINFO_SNDBUF:
                    sample.SendBuffer = number;
                    sample.Facts |= SocketFacts.SendBuffer;
                    break;
                case InetDiag.SK_MEMINFO_FWD_ALLOC:
                    sample.ForwardMemory = number;
                    sample.Facts |= SocketFacts.ForwardMemory;
                    break;
                case InetDiag.SK_MEMINFO_WMEM_QUEUED:
                    sample.QueuedMemory = number;
                    sample.Facts |= SocketFacts.QueuedMemory;
                    break;
                case InetDiag.SK_MEMINFO_OPTMEM:
                    sample.OptionMemory = number;
                    sample.Facts |= SocketFacts.OptionMemory;
                    break;
                case InetDiag.SK_MEMINFO_BACKLOG:
                    sample.BacklogMemory = number;
                    sample.Facts |= SocketFacts.BacklogMemory;
                    break;
                case InetDiag.SK_MEMINFO_DROPS:
                    sample.Drops = number;
                    sample.Facts |= SocketFacts.Drops;
                    break;
            }
        }
    }
}
