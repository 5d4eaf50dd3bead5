using Sonde.Interop.MacOS;
using Sonde.Link;
using Sonde.Testing;

namespace Sonde.MacOS.Tests.Link;

public sealed class FrameSendTests
{
    private const string Fallback = "bpf with the interface's source address";

    [Fact]
    public void A_frame_goes_out_as_it_is()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        byte[] frame = BpfBytes.Frame(60, 0x88A4, number: 9);

        Assert.True(device.TrySend(frame));

        Assert.Equal(frame, Assert.Single(system.BpfWritten));
        Assert.Equal((1, 0), (device.Statistics.Sent, device.Statistics.SendRefusals));
    }

    [Fact]
    public void Each_frame_of_a_batch_is_a_write_of_its_own()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.Equal(3, device.Send(Batch(60, 1514, 64)));

        Assert.Equal([60, 1514, 64], system.BpfWritten.Select(frame => frame.Length));
        Assert.Equal([0, 1, 2], system.BpfWritten.Select(frame => (int)frame[^1]));
    }

    [Theory]
    [InlineData(Darwin.ENOBUFS)]
    [InlineData(Darwin.EQFULL)]
    [InlineData(Darwin.EAGAIN)]
    public void A_full_queue_ends_a_batch_and_the_rest_is_sent_later(int error)
    {
        using var system = new LookAlike { ["write.good"] = 2, ["write.bad"] = 2, ["fail.write"] = error };
        using FrameDevice device = FrameOpenTests.Open("en0");
        FrameSendBatch batch = Batch(60, 61, 62, 63);

        Assert.Equal(2, device.Send(batch));
        Assert.Equal(0, device.Send(batch, 2));
        Assert.Equal(2, device.Send(batch, 2));
        Assert.Equal(0, device.Send(batch, 4));

        Assert.Equal([60, 61, 62, 63], system.BpfWritten.Select(frame => frame.Length));
        Assert.Equal((4, 2), (device.Statistics.Sent, device.Statistics.SendRefusals));
    }

    [Fact]
    public void A_full_queue_is_no_error_of_a_single_frame()
    {
        using var system = new LookAlike { ["write.bad"] = 1, ["fail.write"] = Darwin.ENOBUFS };
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.False(device.TrySend(BpfBytes.Frame(60)));
        Assert.True(device.TrySend(BpfBytes.Frame(60)));
    }

    [Fact]
    public void A_frame_that_is_refused_is_told_when_it_is_the_first()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        FrameSendBatch batch = Batch(60, 1519, 61);

        Assert.Equal(1, device.Send(batch));
        LinkException refused = Assert.Throws<LinkException>(() => device.Send(batch, 1));
        Assert.Equal((LinkFailure.FrameTooLong, "write", Darwin.EMSGSIZE), (refused.Failure, refused.Operation, refused.NativeError));
        Assert.Equal(1, device.Send(batch, 2));
        Assert.Equal(2, device.Statistics.Sent);
    }

    [Theory]
    [InlineData(Darwin.ENXIO, LinkFailure.InterfaceGone)]
    [InlineData(Darwin.ENETDOWN, LinkFailure.InterfaceDown)]
    [InlineData(Darwin.EMSGSIZE, LinkFailure.FrameTooLong)]
    [InlineData(Darwin.EPERM, LinkFailure.AccessDenied)]
    [InlineData(Darwin.ENOMEM, LinkFailure.System)]
    public void A_refusal_is_told_by_what_it_means(int error, LinkFailure failure)
    {
        using var system = new LookAlike { ["fail.write"] = error };
        using FrameDevice device = FrameOpenTests.Open("en0");

        LinkException refused = Assert.Throws<LinkException>(() => device.TrySend(BpfBytes.Frame(60)));

        Assert.Equal((failure, "en0", error), (refused.Failure, refused.InterfaceName, refused.NativeError));
        Assert.Equal(0, device.Statistics.Sent);
    }

    [Fact]
    public void Each_time_that_the_interface_is_found_down_is_counted_once()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        for (int time = 0; time < 2; time++)
        {
            system["bpf.down"] = 1;
            Assert.Throws<LinkException>(() => device.TrySend(BpfBytes.Frame(60)));
            Assert.Throws<LinkException>(() => device.TrySend(BpfBytes.Frame(60)));
            system["bpf.down"] = 0;
            Assert.True(device.TrySend(BpfBytes.Frame(60)));
        }

        Assert.Equal(2, device.Statistics.InterfaceDowns);
    }

    [Fact]
    public void A_driver_that_builds_its_own_header_is_let_and_the_device_says_so()
    {
        using var system = new LookAlike { ["write.rebuilds"] = 1 };
        using FrameDevice device = FrameOpenTests.Open("en0");
        Assert.Equal("bpf", device.Backend);

        Assert.Equal(2, device.Send(Batch(60, 61)));

        Assert.Equal((Fallback, 0), (device.Backend, system["bpf.hdrcmplt"]));
        Assert.All(system.BpfWritten, frame => Assert.Equal([0x02, 0xFC, 0, 0, 0, 1], frame[6..12]));
        Assert.Equal((2, 0, 3), (device.Statistics.Sent, device.Statistics.SendRefusals, system["bpf.writes"]));
    }

    [Fact]
    public void A_header_that_is_refused_either_way_is_an_error_and_no_loop()
    {
        using var system = new LookAlike { ["fail.write"] = Darwin.EAFNOSUPPORT };
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.Equal(LinkFailure.NotSupported, Assert.Throws<LinkException>(() => device.TrySend(BpfBytes.Frame(60))).Failure);
        Assert.Throws<LinkException>(() => device.TrySend(BpfBytes.Frame(60)));
        Assert.Equal(3, system["bpf.writes"]);
    }

    [Fact]
    public void A_system_that_keeps_no_source_address_says_so_from_the_start()
    {
        using var system = new LookAlike { ["fail.SHDRCMPLT"] = Darwin.EINVAL };
        using FrameDevice device = FrameOpenTests.Open("en0");
        using FrameDevice tunnel = FrameOpenTests.Open("utun0");

        Assert.Equal((Fallback, "bpf"), (device.Backend, tunnel.Backend)); // a packet in a tunnel has no such address
    }

    [Fact]
    public void A_write_that_takes_a_part_is_not_taken_for_a_frame_sent()
    {
        using var system = new LookAlike { ["write.short"] = 1 };
        using FrameDevice device = FrameOpenTests.Open("en0");

        LinkException refused = Assert.Throws<LinkException>(() => device.TrySend(BpfBytes.Frame(60)));

        Assert.Contains("59 of the frame's 60 bytes", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(0, device.Statistics.Sent);
    }

    [Fact]
    public void A_frame_of_no_bytes_is_not_sent()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.Throws<LinkException>(() => device.TrySend([]));
        Assert.Equal((0, 0), (system["bpf.writes"], device.Statistics.Sent));
    }

    [Fact]
    public void An_interrupted_write_is_made_again_and_not_twice()
    {
        using var system = new LookAlike { ["write.interrupts"] = 3 };
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.True(device.TrySend(BpfBytes.Frame(60)));

        Assert.Single(system.BpfWritten);
    }

    [Fact]
    public void A_start_outside_the_batch_is_a_mistake_of_the_caller()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.Throws<ArgumentOutOfRangeException>(() => device.Send(Batch(60), 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Send(Batch(60), -1));
        Assert.Throws<ArgumentNullException>(() => device.Send(null!)); // what is tested
        Assert.Equal(0, device.Send(Batch()));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_frame_sent()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        FrameSendBatch batch = Batch(60, 60, 60, 60);
        byte[] frame = BpfBytes.Frame(60);
        long allocated = long.MaxValue;

        // The runtime compiles in steps while this runs, and a step may allocate once.
        for (int round = 0; round < 30 && allocated > 0; round++)
        {
            AllocationWatch allocations = AllocationWatch.Start();
            int sent = Loop();
            allocated = allocations.Allocated;
            Assert.Equal(500, sent);
        }

        Assert.Equal(0, allocated);

        int Loop()
        {
            int count = 0;
            for (int i = 0; i < 100; i++)
            {
                count += device.Send(batch) + (device.TrySend(frame) ? 1 : 0);
            }

            return count;
        }
    }

    private static FrameSendBatch Batch(params int[] lengths)
    {
        var batch = new FrameSendBatch();
        for (int at = 0; at < lengths.Length; at++)
        {
            Assert.True(batch.TryAdd(BpfBytes.Frame(lengths[at], number: (byte)at)));
        }

        return batch;
    }
}
