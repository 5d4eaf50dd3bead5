using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Tests;

[SupportedOSPlatform("linux")]
public sealed class FileDescriptorTests
{
    [Fact]
    public void A_refused_open_is_an_error_of_the_open_and_not_of_the_read()
    {
        NativeException refused = Assert.Throws<NativeException>(() => Linux.LibC.ReadFile("/no/such/file", 10, out _));

        Assert.Equal("open", refused.Operation);
        Assert.Equal(new NativeError(NativeErrorDomain.Errno, 2), refused.Error);
        Assert.Contains("No such file or directory (errno 2)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_that_the_kernel_refuses_is_an_error_with_its_number()
    {
        NativeException refused = Assert.Throws<NativeException>(() => NetlinkSocket.Open(protocol: 999));

        Assert.Equal("socket(AF_NETLINK)", refused.Operation);
        Assert.Equal(93, refused.Error.Code); // EPROTONOSUPPORT
    }

    [Fact]
    public void An_interface_socket_leaves_no_descriptor_behind()
    {
        IReadOnlyDictionary<string, string> before = Testing.OpenDescriptors.List();
        using (var socket = InterfaceSocket.Open())
        {
            ifreq request = InterfaceSocket.About("lo"u8);
            Assert.True(socket.TryAsk(Linux.LibC.SIOCGIFINDEX, ref request, out _));
            Assert.Equal(1, request.ifr_ifindex);
        }

        Assert.DoesNotContain(Testing.OpenDescriptors.NewSince(before), descriptor => descriptor.Contains("socket", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_is_read_up_to_the_limit_and_says_that_there_was_more()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[5000]);

            Assert.Equal(5000, Linux.LibC.ReadFile(path, 5000, out bool whole).Length);
            Assert.False(whole);
            Assert.Equal(4999, Linux.LibC.ReadFile(path, 4999, out bool truncated).Length);
            Assert.True(truncated);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_stop_ends_a_wait_and_stays_signalled()
    {
        using StopSignal stop = StopSignal.Create();
        using StopSignal other = StopSignal.Create();
        FileDescriptor never = ((UnixStopSignal)other).Waitable;
        FileDescriptor waitable = ((UnixStopSignal)stop).Waitable;

        Assert.Equal(WaitResult.TimedOut, Poller.Wait(never, waitable, TimeSpan.FromMilliseconds(5)));
        stop.Signal();
        stop.Signal();
        Assert.Equal(WaitResult.Stopped, Poller.Wait(never, waitable, Timeout.InfiniteTimeSpan));
        Assert.Equal(WaitResult.Stopped, Poller.Wait(never, waitable, Timeout.InfiniteTimeSpan));
        Assert.Equal(WaitResult.Ready, Poller.Wait(waitable, null, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void A_stop_is_signalled_by_its_token_from_another_thread()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        using StopSignal stop = StopSignal.Create(source.Token);
        using StopSignal other = StopSignal.Create();

        Assert.Equal(WaitResult.Stopped, Poller.Wait(((UnixStopSignal)other).Waitable, ((UnixStopSignal)stop).Waitable, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void A_wait_never_returns_before_its_time()
    {
        using StopSignal never = StopSignal.Create();
        long started = Stopwatch.GetTimestamp();

        Assert.Equal(WaitResult.TimedOut, Poller.Wait(((UnixStopSignal)never).Waitable, null, TimeSpan.FromMilliseconds(30)));

        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void Mapped_memory_is_the_files_and_stays_inside_its_bounds()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[8192]);
            using FileDescriptor descriptor = Linux.LibC.open(path, flags: 2); // O_RDWR
            var mapped = MappedMemory.Map(descriptor, 8192);

            mapped.Slice(4096, 3).Fill(7);

            Assert.Equal(8192, mapped.Length);
            Assert.Equal([0, 7, 7, 7, 0], File.ReadAllBytes(path)[4095..4100]);
            Assert.Throws<ArgumentOutOfRangeException>(() => mapped.Slice(8190, 3).Length);
            Assert.Throws<ArgumentOutOfRangeException>(() => mapped.Slice(-1, 1).Length);
            mapped.Dispose();
            mapped.Dispose();
            Assert.Throws<ObjectDisposedException>(() => mapped.Slice(0, 1).Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_mapping_that_the_kernel_refuses_is_an_error()
    {
        using FileDescriptor eventfd = Linux.LibC.OpenEvent();

        Assert.Equal("mmap", Assert.Throws<NativeException>(() => MappedMemory.Map(eventfd, 4096)).Operation);
    }
}
