using Sonde.Host.Sockets;
using Sonde.Host.Sockets.Assembly;
using Sonde.Host.Sockets.MacOS;
using Sonde.Testing;

namespace Sonde.Host.Tests.Sockets.MacOS;

public sealed class PcbRecordsTests
{
    private static readonly byte[] s_connection = PcbBytes.Socket(
        PcbBytes.Ends("10.0.0.1:50000", "192.0.2.7:443", generation: 77),
        PcbBytes.Owner(last: 501, effective: 502, user: 20),
        PcbBytes.Buffer(isReceive: true, held: 10, size: 131072),
        PcbBytes.Buffer(isReceive: false, held: 20, size: 65536),
        PcbBytes.Traffic(received: 5000, sent: 700),
        PcbBytes.Tcp(state: 4));

    [Fact]
    public void A_connection_has_ends_user_last_process_bytes_and_round_trips()
    {
        var records = new PcbRecords(PcbBytes.List(s_connection), SocketKind.Tcp);

        Assert.True(records.MoveNext());
        SocketSample socket = records.Sample;
        Assert.Equal(("10.0.0.1:50000", "192.0.2.7:443", SocketState.Established), (socket.Local.ToString(), socket.Remote.ToString(), socket.State));
        Assert.Equal((20u, 10u, 20u, 131072u, 65536u), (socket.User, socket.ReceiveQueue, socket.SendQueue, socket.ReceiveBuffer, socket.SendBuffer));
        Assert.Equal(((501, 502), 77UL), (records.Owner, records.Generation));
        Assert.Equal((5000UL, 700UL, 1UL, 2UL), (socket.ReceivedBytes, socket.SentBytes, socket.ReceivedPackets, socket.SentPackets));
        Assert.True(records.HasTcp);
        Assert.Equal((25_000u, 3_000u, 20_000u, 230_000UL), (records.Tcp.RoundTrip, records.Tcp.RoundTripVariance, records.Tcp.MinimumRoundTrip, records.Tcp.RetransmitTimeout));
        Assert.Equal((10u, 1448u, uint.MaxValue), (records.Tcp.CongestionWindow, records.Tcp.SendSegmentSize, records.Tcp.SlowStartThreshold));
        Assert.Equal((5000UL, 700UL), (records.Tcp.BytesReceived, records.Tcp.BytesSent));
        Assert.False(records.MoveNext());
        Assert.False(records.IsTorn);
    }

    [Fact]
    public void The_shorter_record_of_macOS_11_and_12_and_kinds_without_a_name_are_passed_by_their_lengths()
    {
        byte[] unknown = new byte[40];
        unknown[0] = 40;
        unknown[5] = 0x40;
        byte[] list = PcbBytes.List(
            PcbBytes.Socket(PcbBytes.Ends("10.0.0.1:1", "10.0.0.2:2"), PcbBytes.Owner(1, 0, 0, length: 76), unknown, PcbBytes.Tcp(1)),
            PcbBytes.Socket(PcbBytes.Ends("[::]:80", "[::]:0"), PcbBytes.Owner(2, 0, 0, family: 30), PcbBytes.Tcp(1)));
        var records = new PcbRecords(list, SocketKind.Tcp);

        Assert.True(records.MoveNext());
        Assert.Equal(((1, 0), SocketState.Listen), (records.Owner, records.Sample.State));
        Assert.True(records.MoveNext());
        Assert.Equal(("[::]:80", true, false), (records.Sample.Local.ToString(), records.Sample.IsIPv6, records.Sample.IsIPv6Only));
        Assert.False(records.MoveNext());
        Assert.False(records.IsTorn);
    }

    [Fact]
    public void What_only_the_protocol_still_knows_is_nobodys_and_not_roots()
    {
        var records = new PcbRecords(PcbBytes.List(PcbBytes.Socket(PcbBytes.Ends("10.0.0.1:1", "10.0.0.2:2"), PcbBytes.Owner(9, 9, 0, socket: 0), PcbBytes.Tcp(10))), SocketKind.Tcp);

        Assert.True(records.MoveNext());
        Assert.Equal((SocketState.TimeWait, (0, 0)), (records.Sample.State, records.Owner));
        Assert.False(records.Sample.Has(SocketFacts.User));
    }

    [Fact]
    public void UDP_has_a_peer_or_none_and_link_local_addresses_lose_the_kernels_mark()
    {
        byte[] list = PcbBytes.List(
            PcbBytes.Socket(PcbBytes.Ends("0.0.0.0:5353", "0.0.0.0:0"), PcbBytes.Owner(3, 0, 65)),
            PcbBytes.Socket(PcbBytes.Ends("[fe80:4::1]:5000", "[fe80:4::2]:53", isIPv6: true), PcbBytes.Owner(3, 0, 65, family: 30)));
        var records = new PcbRecords(list, SocketKind.Udp);

        Assert.True(records.MoveNext());
        Assert.Equal(SocketState.Unconnected, records.Sample.State);
        Assert.True(records.MoveNext());
        Assert.Equal((SocketState.Established, "[fe80::1]:5000", "[fe80::2]:53"), (records.Sample.State, records.Sample.Local.ToString(), records.Sample.Remote.ToString()));
        Assert.True(records.Sample.IsIPv6Only);
    }

    [Fact]
    public void An_empty_list_has_no_sockets_and_one_that_is_none_is_torn()
    {
        var empty = new PcbRecords(PcbBytes.List(), SocketKind.Tcp);
        Assert.False(empty.MoveNext());
        Assert.False(empty.IsTorn);

        var none = new PcbRecords([1, 2, 3], SocketKind.Tcp);
        Assert.False(none.MoveNext());
        Assert.True(none.IsTorn);
    }

    [Fact]
    public void No_prefix_and_no_mutation_makes_it_throw_or_go_on_for_ever()
    {
        byte[] list = PcbBytes.List(s_connection, s_connection, s_connection);
        for (int length = 0; length <= list.Length; length++)
        {
            Walk(list.AsSpan(0, length));
        }

        var fuzz = new FuzzRun(20_000);
        while (fuzz.Next())
        {
            Walk(fuzz.Mutate(list));
        }
    }

    private static void Walk(ReadOnlySpan<byte> list)
    {
        foreach (SocketKind kind in (ReadOnlySpan<SocketKind>)[SocketKind.Tcp, SocketKind.Udp, SocketKind.Raw])
        {
            var records = new PcbRecords(list, kind);
            int count = 0;
            while (records.MoveNext())
            {
                Assert.True(Enum.IsDefined(records.Sample.State));
                count++;
            }

            Assert.InRange(count, 0, list.Length);
        }
    }
}
