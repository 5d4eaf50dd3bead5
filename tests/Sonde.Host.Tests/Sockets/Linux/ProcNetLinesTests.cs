using System.Text;
using Sonde.Host.Sockets;
using Sonde.Host.Sockets.Assembly;
using Sonde.Host.Sockets.Linux;
using Sonde.Host.Tests.Linux;
using Sonde.Packets;

namespace Sonde.Host.Tests.Sockets.Linux;

public sealed class ProcNetLinesTests
{
    [Fact]
    public void TCP_lines_have_ends_states_queues_timers_and_the_window()
    {
        List<(SocketSample Socket, TcpSample Tcp, bool HasTcp)> lines = Read("tcp", SocketKind.Tcp, isIPv6: false);

        Assert.Equal(["127.0.0.1:8080", "127.0.0.1:41814", "127.0.0.1:59634", "127.0.0.1:59644", "127.0.0.1:8080"], lines.Select(static line => line.Socket.Local.ToString()));
        Assert.Equal([SocketState.Listen, SocketState.Established, SocketState.Established, SocketState.TimeWait, SocketState.Established], lines.Select(static line => line.Socket.State));
        Assert.Equal([4732088UL, 4732092, 4732089, 0, 4732090], lines.Select(static line => line.Socket.Inode));
        Assert.Equal([false, true, true, false, true], lines.Select(static line => line.HasTcp));
        Assert.Equal((11u, uint.MaxValue), (lines[2].Tcp.CongestionWindow, lines[2].Tcp.SlowStartThreshold));
        Assert.Equal(new SocketTimer(SocketTimerKind.TimeWait, TimeSpan.FromMilliseconds(0x173D * 10), 0), lines[3].Socket.Timer);
        Assert.False(lines[3].Socket.Has(SocketFacts.User));
    }

    [Fact]
    public void IPv6_lines_of_IPv4_conversations_have_IPv4_addresses()
    {
        List<(SocketSample Socket, TcpSample Tcp, bool HasTcp)> lines = Read("tcp6", SocketKind.Tcp, isIPv6: true);

        Assert.Equal(["[::]:8081", "127.0.0.1:8081"], lines.Select(static line => line.Socket.Local.ToString()));
        Assert.All(lines, static line => Assert.True(line.Socket.IsIPv6));
    }

    [Fact]
    public void UDP_lines_have_drops_and_raw_lines_their_protocol_for_a_port()
    {
        Assert.Equal("[::1]:39516", Assert.Single(Read("udp6", SocketKind.Udp, isIPv6: true)).Socket.Local.ToString());
        SocketSample udp = Assert.Single(Read("udp", SocketKind.Udp, isIPv6: false)).Socket;
        Assert.Equal((SocketState.Unconnected, true), (udp.State, udp.Has(SocketFacts.Drops)));
        SocketSample raw = Assert.Single(Read("raw6", SocketKind.Raw, isIPv6: true)).Socket;
        Assert.Equal((IPProtocol.IcmpV6, (ushort)0), (raw.Protocol, raw.Local.Port));
    }

    [Fact]
    public void The_same_sockets_look_the_same_as_by_sock_diag()
    {
        var names = new CongestionNames();
        var diag = new Dictionary<ulong, SocketSample>();
        foreach ((byte protocol, byte[] payload) in RecordedSockets.Diag)
        {
            Assert.True(InetDiagMessage.TryParse(payload, protocol, 1, names, out SocketSample socket, out _, out _));
            if (socket.Inode != 0)
            {
                diag.Add(socket.Inode, socket);
            }
        }

        int compared = 0;
        foreach ((SocketSample line, _, _) in (ReadOnlySpan<(SocketSample, TcpSample, bool)>)
            [.. Read("tcp", SocketKind.Tcp, false), .. Read("tcp6", SocketKind.Tcp, true), .. Read("udp", SocketKind.Udp, false), .. Read("udp6", SocketKind.Udp, true)])
        {
            if (line.Inode != 0)
            {
                SocketSample same = diag[line.Inode];
                Assert.Equal((same.Kind, same.State, same.Local, same.Remote, same.IsIPv6, same.User), (line.Kind, line.State, line.Local, line.Remote, line.IsIPv6, line.User));
                compared++;
            }
        }

        Assert.Equal(8, compared);
    }

    [Fact]
    public void A_line_that_is_none_is_counted_and_the_next_one_is_read()
    {
        string text = Encoding.ASCII.GetString(RecordedSockets.Proc("udp"));
        string line = text.Split('\n')[1];
        byte[] damaged = Encoding.ASCII.GetBytes($"head\nthis is no socket\n 1: 00000000:14E9 0000000:0000 07\n{line}\n");
        var lines = new ProcNetLines(damaged, SocketKind.Udp, isIPv6: false, 1);

        Assert.True(lines.MoveNext());
        Assert.Equal(5353, lines.Sample.Local.Port);
        Assert.False(lines.MoveNext());
        Assert.Equal(2, lines.Unreadable);
    }

    [Fact]
    public void Torn_and_damaged_files_harm_nothing()
    {
        foreach ((string name, SocketKind kind, bool isIPv6) in (ReadOnlySpan<(string, SocketKind, bool)>)[("tcp", SocketKind.Tcp, false), ("udp6", SocketKind.Udp, true), ("raw", SocketKind.Raw, false)])
        {
            byte[] text = RecordedSockets.Proc(name);
            ProcFuzz.EveryPrefix(text, torn => ReadAll(torn, kind, isIPv6));
            ProcFuzz.Mutations(text, 3000, damaged => ReadAll(damaged, kind, isIPv6));
        }
    }

    private static void ReadAll(byte[] text, SocketKind kind, bool isIPv6)
    {
        var lines = new ProcNetLines(text, kind, isIPv6, 1);
        int count = 0;
        while (lines.MoveNext())
        {
            Assert.True(Enum.IsDefined(lines.Sample.State));
            count++;
        }

        Assert.InRange(count + lines.Unreadable, 0, text.Length);
    }

    private static List<(SocketSample Socket, TcpSample Tcp, bool HasTcp)> Read(string name, SocketKind kind, bool isIPv6)
    {
        var found = new List<(SocketSample, TcpSample, bool)>();
        var lines = new ProcNetLines(RecordedSockets.Proc(name), kind, isIPv6, 1);
        while (lines.MoveNext())
        {
            found.Add((lines.Sample, lines.Tcp, lines.HasTcp));
        }

        Assert.Equal(0, lines.Unreadable);
        return found;
    }
}
