using Sonde.Host.Sockets;
using Sonde.Host.Sockets.Assembly;
using Sonde.Host.Sockets.Linux;
using Sonde.Packets;
using Sonde.Testing;

namespace Sonde.Host.Tests.Sockets.Linux;

public sealed class InetDiagMessageTests
{
    private static readonly CongestionNames s_names = new();

    [Fact]
    public void A_connection_has_both_ends_and_all_figures_that_ss_showed_for_it()
    {
        (SocketSample socket, TcpSample tcp) = Parse("127.0.0.1:59634", "127.0.0.1:8080");

        Assert.Equal((SocketKind.Tcp, IPProtocol.Tcp, SocketState.Established, false), (socket.Kind, socket.Protocol, socket.State, socket.IsIPv6));
        Assert.Equal(0x1F3UL, socket.Cookie);
        Assert.Equal(4732089UL, socket.Inode);
        Assert.Equal((131072u, 3939840u), (socket.ReceiveBuffer, socket.SendBuffer));
        Assert.Equal("bbr", socket.Congestion);
        Assert.Equal((10000UL, 10001UL, 500UL), (tcp.BytesSent, tcp.BytesAcknowledged, tcp.BytesReceived));
        Assert.Equal((31u, 17u, 6u), (tcp.RoundTrip, tcp.RoundTripVariance, tcp.MinimumRoundTrip));
        Assert.Equal((204_000UL, 40_000UL), (tcp.RetransmitTimeout, tcp.AcknowledgeTimeout));
        Assert.Equal((55808u, 536u, 65483u, 65535u), (tcp.SendSegmentSize, tcp.ReceiveSegmentSize, tcp.AdvertisedSegmentSize, tcp.PathMtu));
        Assert.Equal((11u, 2u, 111616u), (tcp.CongestionWindow, tcp.Delivered, tcp.SendWindow));
        Assert.Equal((4UL, 3UL, 1UL, 1UL), (tcp.SegmentsSent, tcp.SegmentsReceived, tcp.DataSegmentsSent, tcp.DataSegmentsReceived));
        Assert.Equal(213871799840UL / 8, tcp.PacingRate);
        Assert.Equal(74410666664UL / 8, tcp.DeliveryRate);
        Assert.True(tcp.IsDeliveryRateLimited);
        Assert.Equal((65495u, 65495u), (tcp.ReceiveSpace, tcp.ReceiveThreshold));
        Assert.Equal((10, 10), (tcp.SendWindowScale, tcp.ReceiveWindowScale));
        Assert.Equal(TcpOptions.Timestamps | TcpOptions.SelectiveAcknowledgements | TcpOptions.WindowScaling, tcp.Options);
        Assert.Equal(608_000UL, tcp.LastSent); // ss asked twelve milliseconds later
    }

    [Fact]
    public void A_dual_stack_socket_with_an_IPv4_peer_has_IPv4_addresses()
    {
        (SocketSample socket, _) = Parse("127.0.0.1:8081", "127.0.0.1:41814");

        Assert.True(socket.IsIPv6);
        Assert.True(socket.Local.Address.IsIPv4);
    }

    [Fact]
    public void A_connection_in_TIME_WAIT_belongs_to_nobody_and_not_to_root()
    {
        (SocketSample socket, _) = Parse("127.0.0.1:59644", "127.0.0.1:8080");

        Assert.Equal(SocketState.TimeWait, socket.State);
        Assert.False(socket.Has(SocketFacts.Inode));
        Assert.False(socket.Has(SocketFacts.User));
        Assert.Equal(SocketTimerKind.TimeWait, socket.Timer.Kind);
        Assert.InRange(socket.Timer.Remaining.TotalSeconds, 59, 60);
    }

    [Fact]
    public void Listeners_and_sockets_that_are_only_bound_are_told_apart()
    {
        Assert.Equal(SocketState.Listen, Parse("127.0.0.1:8080", "0.0.0.0:0").Socket.State);
        Assert.Equal(16u, Parse("127.0.0.1:8080", "0.0.0.0:0").Socket.SendQueue);
        Assert.Equal(SocketState.Bound, Parse("127.0.0.1:8099", "0.0.0.0:0").Socket.State);
        SocketSample dual = Parse("[::]:8081", "[::]:0").Socket;
        Assert.True(dual.Has(SocketFacts.IPv6Only));
        Assert.False(dual.IsIPv6Only);
    }

    [Fact]
    public void UDP_is_unconnected_or_has_a_peer()
    {
        Assert.Equal(SocketState.Unconnected, Parse("0.0.0.0:5353", "0.0.0.0:0").Socket.State);
        Assert.Equal(SocketState.Established, Parse("[::1]:39516", "[::1]:53").Socket.State);
    }

    [Fact]
    public void Of_an_older_kernel_the_figures_end_earlier_and_what_is_missing_is_not_told()
    {
        (byte[] payload, int at) = FindInfo();
        byte[] info = payload[at..(at + 160)];

        Assert.True(TcpInfo.TryParse(info, out TcpSample tcp));
        Assert.NotEqual(TcpFacts.None, tcp.Facts & TcpFacts.DataSegmentsSent);
        Assert.Equal(TcpFacts.None, tcp.Facts & (TcpFacts.DeliveryRate | TcpFacts.BytesSent | TcpFacts.SendWindow));
        Assert.False(TcpInfo.TryParse(info.AsSpan(0, 103), out _));
    }

    [Fact]
    public void No_prefix_and_no_mutation_makes_it_throw_or_take_what_is_no_socket()
    {
        foreach ((byte protocol, byte[] payload) in RecordedSockets.Diag)
        {
            for (int length = 0; length <= payload.Length; length++)
            {
                Assert.Equal(length >= 72, InetDiagMessage.TryParse(payload.AsSpan(0, length), protocol, 1, s_names, out _, out _, out _));
            }
        }

        var fuzz = new FuzzRun(20_000);
        while (fuzz.Next())
        {
            (byte protocol, byte[] payload) = RecordedSockets.Diag[fuzz.Random.Next(RecordedSockets.Diag.Count)];
            byte[] hostile = fuzz.Mutate(payload);
            if (InetDiagMessage.TryParse(hostile, protocol, 1, s_names, out SocketSample socket, out _, out _))
            {
                Assert.True(Enum.IsDefined(socket.State), $"seed {fuzz.Seed} round {fuzz.Round}");
            }

            _ = InetDiagMessage.TryReadProtocol(hostile, out _);
        }
    }

    [Fact]
    public void Reading_a_socket_allocates_nothing() => Assert.Equal(0, AllocationWatch.Least(static () =>
    {
        for (int at = 0; at < RecordedSockets.Diag.Count; at++)
        {
            Assert.True(InetDiagMessage.TryParse(RecordedSockets.Diag[at].Payload, RecordedSockets.Diag[at].Protocol, 1, s_names, out _, out _, out _));
        }
    }));

    private static (SocketSample Socket, TcpSample Tcp) Parse(string local, string remote)
    {
        foreach ((byte protocol, byte[] payload) in RecordedSockets.Diag)
        {
            Assert.True(InetDiagMessage.TryParse(payload, protocol, 7, s_names, out SocketSample socket, out TcpSample tcp, out bool hasTcp));
            if (socket.Local.ToString() == local && socket.Remote.ToString() == remote)
            {
                Assert.Equal(7UL, socket.Namespace);
                Assert.Equal(socket is { Kind: SocketKind.Tcp, State: SocketState.Established }, hasTcp);
                return (socket, tcp);
            }
        }

        throw new InvalidOperationException($"{local} - {remote} was not recorded");
    }

    private static (byte[] Payload, int At) FindInfo()
    {
        foreach ((_, byte[] payload) in RecordedSockets.Diag)
        {
            for (int at = 72; at + 4 <= payload.Length; at += (BitConverter.ToUInt16(payload, at) + 3) & ~3)
            {
                if (BitConverter.ToUInt16(payload, at + 2) == 2)
                {
                    return (payload, at + 4);
                }
            }
        }

        throw new InvalidOperationException("no figures were recorded");
    }
}
