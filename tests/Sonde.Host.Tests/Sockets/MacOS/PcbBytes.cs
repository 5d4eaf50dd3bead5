using System.Buffers.Binary;
using System.Net;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Tests.Sockets.MacOS;

/// <summary>Answers of net.inet.*.pcblist_n as xnu 11417 (macOS 15) composes them, record by record; see tests/fixtures/layout/macos-abi.json.</summary>
internal static class PcbBytes
{
    internal static byte[] List(params byte[][] sockets) => [.. Mark(sockets.Length), .. sockets.SelectMany(static socket => socket), .. Mark(sockets.Length)];

    internal static byte[] Socket(params byte[][] records) => [.. records.SelectMany(Pad)];

    internal static byte[] Ends(string local, string remote, bool isIPv6 = false, ulong generation = 1)
    {
        (IPAddress localAddress, ushort localPort) = Split(local);
        (IPAddress remoteAddress, ushort remotePort) = Split(remote);
        bool isIPv4 = localAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        var ends = new xinpcb_n
        {
            xi_len = 104,
            xi_kind = 0x10,
            inp_lport = BinaryPrimitives.ReverseEndianness(localPort),
            inp_fport = BinaryPrimitives.ReverseEndianness(remotePort),
            inp_gencnt = generation,
            inp_vflag = isIPv4 ? (byte)1 : isIPv6 ? (byte)2 : (byte)3,
            inp_dependladdr = Words(localAddress),
            inp_dependfaddr = Words(remoteAddress),
        };
        return NativeStruct.AsBytes(ends).ToArray();
    }

    internal static byte[] Owner(int last, int effective, uint user, int length = 104, int family = 2, ulong socket = 0x1234)
    {
        var owner = new xsocket_n { xso_len = (uint)length, xso_kind = 1, xso_so = socket, so_uid = user, so_last_pid = last, so_e_pid = effective, xso_family = family, so_qlen = 3 };
        return NativeStruct.AsBytes(owner)[..length].ToArray();
    }

    internal static byte[] Buffer(bool isReceive, uint held, uint size) =>
        NativeStruct.AsBytes(new xsockbuf_n { xsb_len = 32, xsb_kind = isReceive ? 2u : 4u, sb_cc = held, sb_hiwat = size, sb_mbcnt = held * 2 }).ToArray();

    internal static byte[] Traffic(ulong received, ulong sent)
    {
        var traffic = new xsockstat_n { xst_len = 136, xst_kind = 8 };
        traffic.xst_tc_stats[0] = 1;
        traffic.xst_tc_stats[1] = received;
        traffic.xst_tc_stats[4 + 2] = 2;
        traffic.xst_tc_stats[4 + 3] = sent;
        return NativeStruct.AsBytes(traffic).ToArray();
    }

    internal static byte[] Tcp(int state) => NativeStruct.AsBytes(new xtcpcb_n
    {
        xt_len = 204,
        xt_kind = 0x20,
        t_state = state,
        t_srtt = 25 * 32,
        t_rttvar = 3 * 16,
        t_rttmin = 20,
        t_rxtcur = 230,
        t_maxseg = 1448,
        snd_cwnd = 14480,
        snd_ssthresh = 0x3FFF_C000,
        snd_wnd = 65535,
        rcv_wnd = 131072,
        snd_scale = 6,
        rcv_scale = 5,
    }).ToArray();

    private static byte[] Mark(int count) => NativeStruct.AsBytes(new xinpgen { xig_len = 24, xig_count = (uint)count }).ToArray();

    private static byte[] Pad(byte[] record) => [.. record, .. new byte[((record.Length + 7) & ~7) - record.Length]];

    private static FourWords Words(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        FourWords words = default;
        for (int at = 0; at < bytes.Length / 4; at++)
        {
            words[at + 4 - (bytes.Length / 4)] = BitConverter.ToUInt32(bytes, at * 4);
        }

        return words;
    }

    private static (IPAddress Address, ushort Port) Split(string text)
    {
        var end = IPEndPoint.Parse(text);
        return (end.Address, (ushort)end.Port);
    }
}
