using Sonde.Interop.MacOS;
using Sonde.Testing;
using Sonde.Tun;

namespace Sonde.MacOS.Tests.Tun;

public sealed class TunPacketTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Packets_come_in_order_and_without_the_family_before_them(bool isBatched)
    {
        using var system = new LookAlike();
        using TunDevice device = Utun.Open(new TunOptions { MacOS = new TunMacOSOptions { UsesBatchedCalls = isBatched } });
        var batch = new TunBatch(new TunBatchOptions { Capacity = 100, Headroom = 21, Tailroom = 3 });
        int expected = 0;
        for (int i = 0; i < 90; i++)
        {
            system.Deliver(Utun.Framed(Utun.Packet(i, 20 + (i * 16), i % 2 == 0 ? (byte)4 : (byte)6)));
        }

        while (expected < 90)
        {
            Assert.Equal(TunStatus.Ok, device.Queues[0].Receive(batch, s_patience));
            for (int i = 0; i < batch.Count; i++, expected++)
            {
                Assert.Equal(Utun.Packet(expected, 20 + (expected * 16), expected % 2 == 0 ? (byte)4 : (byte)6), batch[i].ToArray());
                batch.Extend(i, 21, 3).Fill(0xEE); // the room around a packet is its own
            }
        }

        Assert.Equal(TunStatus.Empty, device.Queues[0].TryReceive(batch));
        Assert.Equal(isBatched, system["utun.batched.reads"] > 0);
        Assert.Equal(isBatched, system["utun.reads"] == 0);
        Assert.InRange(device.Counters.ReceiveCalls, isBatched ? 2 : 90, isBatched ? 89 : 90);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Packets_go_in_order_behind_their_family_in_network_order(bool isBatched)
    {
        using var system = new LookAlike();
        using TunDevice device = Utun.Open(new TunOptions { MacOS = new TunMacOSOptions { UsesBatchedCalls = isBatched } });
        var batch = new TunBatch();
        for (int i = 0; i < 100; i++)
        {
            batch.TryAdd(Utun.Packet(i, 40, i % 3 == 0 ? (byte)6 : (byte)4));
        }

        Assert.Equal(new TunSendResult(100, 0, TunStatus.Ok), device.Queues[0].Send(batch));

        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => Utun.Framed(Utun.Packet(i, 40, i % 3 == 0 ? (byte)6 : (byte)4))),
            system.UtunWritten);
        Assert.Equal(isBatched ? 3 : 0, system["utun.batched.writes"]); // the first call takes one packet, to learn whether there is such a call
        Assert.Equal(isBatched ? 0 : 100, system["utun.writes"]);
    }

    [Fact]
    public void A_batched_send_that_stops_early_goes_on_where_it_stopped()
    {
        using var system = new LookAlike { ["utun.send.most"] = 3 };
        using TunDevice device = Utun.Open();
        var batch = new TunBatch();
        for (int i = 0; i < 10; i++)
        {
            batch.TryAdd(Utun.Packet(i));
        }

        Assert.Equal(new TunSendResult(10, 0, TunStatus.Ok), device.Queues[0].Send(batch));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => Utun.Framed(Utun.Packet(i))), system.UtunWritten);
    }

    [Theory]
    [InlineData(Darwin.ENOBUFS)]
    [InlineData(Darwin.ENOSPC)]
    public void A_full_interface_drops_what_is_left_and_says_so(int errno)
    {
        using var system = new LookAlike { ["utun.send.good"] = 2, ["fail.utun.send"] = errno };
        using TunDevice device = Utun.Open();
        var batch = new TunBatch();
        for (int i = 0; i < 5; i++)
        {
            batch.TryAdd(Utun.Packet(i));
        }

        Assert.Equal(new TunSendResult(2, 3, TunStatus.Full), device.Queues[0].Send(batch));
        Assert.Equal(3, device.Counters.DroppedFull);
        Assert.Equal(2, system.UtunWritten.Count);
    }

    [Fact]
    public void Who_waits_for_room_sends_singly_so_that_nothing_goes_twice()
    {
        using var system = new LookAlike { ["utun.send.good"] = 2, ["fail.utun.send"] = Darwin.ENOBUFS, ["utun.send.bad"] = 4 };
        using TunDevice device = Utun.Open(new TunOptions { FullPolicy = TunFullPolicy.Wait(s_patience) });
        var batch = new TunBatch();
        for (int i = 0; i < 5; i++)
        {
            batch.TryAdd(Utun.Packet(i));
        }

        Assert.Equal(new TunSendResult(5, 0, TunStatus.Ok), device.Queues[0].Send(batch));
        Assert.Equal(Enumerable.Range(0, 5).Select(i => Utun.Framed(Utun.Packet(i))), system.UtunWritten);
        Assert.Equal(0, system["utun.batched.writes"]);
    }

    [Fact]
    public void Batched_calls_that_are_not_what_they_were_are_given_up()
    {
        using var system = new LookAlike { ["fail.recvmsg_x"] = Darwin.EINVAL, ["fail.sendmsg_x"] = Darwin.EINVAL };
        using TunDevice device = Utun.Open();
        var batch = new TunBatch();
        system.Deliver(Utun.Framed(Utun.Packet(1)));
        Assert.Equal(TunStatus.Ok, device.Queues[0].Receive(batch, s_patience));
        batch.TryAdd(Utun.Packet(2));

        Assert.Equal(new TunSendResult(2, 0, TunStatus.Ok), device.Queues[0].Send(batch));
        Assert.Equal([Utun.Framed(Utun.Packet(1)), Utun.Framed(Utun.Packet(2))], system.UtunWritten);
        Assert.Equal(2, device.Counters.Downgrades);
    }

    [Fact]
    public void What_went_before_an_error_that_hides_it_is_not_sent_again()
    {
        using var system = new LookAlike { ["utun.send.hidden"] = 2 };
        using TunDevice device = Utun.Open();
        var batch = new TunBatch();
        for (int i = 0; i < 6; i++)
        {
            batch.TryAdd(Utun.Packet(i));
        }

        // One alone, then two of five, of which nobody tells.
        Assert.Equal(new TunSendResult(1, 5, TunStatus.Failed), device.Queues[0].Send(batch));
        Assert.Equal(Enumerable.Range(0, 3).Select(i => Utun.Framed(Utun.Packet(i))), system.UtunWritten);
        Assert.Equal(5, device.Counters.DroppedFailed);
        Assert.Equal(0, device.Counters.Downgrades);
    }

    [Fact]
    public void A_packet_longer_than_the_known_MTU_is_counted_and_the_next_one_has_all_the_room()
    {
        using var system = new LookAlike();
        using TunDevice device = Utun.Open();
        system.ChangeUtun("mtu", 9000);
        system.Deliver(Utun.Framed(Utun.Packet(1, 9000)));
        var batch = new TunBatch();
        Assert.Equal(TunStatus.Empty, device.Queues[0].TryReceive(batch));
        system.Deliver(Utun.Framed(Utun.Packet(2, 9000)));

        Assert.Equal(TunStatus.Ok, device.Queues[0].Receive(batch, s_patience));
        Assert.Equal(Utun.Packet(2, 9000), batch[0].ToArray());
        Assert.Equal(1, device.Counters.MalformedReceived);
    }

    [Fact]
    public void What_is_no_packet_of_IP_is_counted()
    {
        using var system = new LookAlike();
        using TunDevice device = Utun.Open();
        system.Deliver([0, 0, 0, 2]);
        system.Deliver([2, 0, 0, 0, 0x45, 0]); // the order of the host
        system.Deliver([0, 0]);
        system.Deliver(Utun.Framed(Utun.Packet(7)));
        var batch = new TunBatch();

        Assert.Equal(TunStatus.Ok, device.Queues[0].Receive(batch, s_patience));
        Assert.Equal(Utun.Packet(7), Assert.Single(Enumerable.Range(0, batch.Count).Select(i => batch[i].ToArray())));
        Assert.Equal(3, device.Counters.MalformedReceived);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_interface_that_is_taken_away_ends_a_blocked_reader(bool isBatched)
    {
        using var system = new LookAlike();
        using TunDevice device = Utun.Open(new TunOptions { MacOS = new TunMacOSOptions { UsesBatchedCalls = isBatched } });
        TunQueue queue = device.Queues[0];
        TunStatus read = TunStatus.Ok;
        var reader = new Thread(() => read = queue.Receive(new TunBatch()));
        reader.Start();
        Assert.True(SpinWait.SpinUntil(() => queue.Counters.Waits > 0, s_patience));
        system.HangUpUtun();

        Assert.True(reader.Join(s_patience));
        Assert.Equal(TunStatus.Gone, read);
    }

    [Fact]
    public void Nothing_is_allocated_a_packet()
    {
        using var system = new LookAlike { ["utun.echo"] = 1 };
        using TunDevice device = Utun.Open();
        var batch = new TunBatch();
        var received = new TunBatch();
        for (int i = 0; i < 4; i++)
        {
            batch.TryAdd(Convert.FromHexString("4500001C00000000400166180A6000090A6000010800F7FF00000000"));
        }

        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                device.Queues[0].Send(batch);
                device.Queues[0].TryReceive(received);
            }
        }));
        Assert.Equal(4, received.Count);
    }
}
