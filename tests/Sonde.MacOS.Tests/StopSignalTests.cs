using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;

namespace Sonde.MacOS.Tests;

public sealed class StopSignalTests
{
    [Fact]
    public void A_stop_ends_every_wait_once_signalled()
    {
        using var system = new LookAlike();
        using var stop = new MacOSStopSignal();
        using FileDescriptor quiet = LibSystem.socket(Darwin.PF_ROUTE, Darwin.SOCK_RAW, 0);
        Assert.Equal(WaitResult.TimedOut, Poller.Wait(quiet, stop.Waitable, TimeSpan.FromMilliseconds(1)));

        stop.Signal();

        Assert.Equal(WaitResult.Stopped, Poller.Wait(quiet, stop.Waitable, TimeSpan.FromSeconds(20)));
        Assert.Equal(WaitResult.Stopped, Poller.Wait(quiet, stop.Waitable, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Both_ends_of_the_pipe_are_closed_in_child_processes_and_never_block()
    {
        using var system = new LookAlike();
        HashSet<string> before = [.. Directory.GetFiles("/proc/self/fd")];
        using var stop = new MacOSStopSignal();

        string[] ends =
            [.. Directory.GetFiles("/proc/self/fd")
                .Where(fd => !before.Contains(fd) && new FileInfo(fd).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true)];

        Assert.Equal(2, ends.Length);
        foreach (string end in ends)
        {
            string flags = File.ReadLines($"/proc/self/fdinfo/{Path.GetFileName(end)}")
                .Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
            int value = Convert.ToInt32(flags["flags:".Length..].Trim(), 8);
            Assert.Equal(0x80000, value & 0x80000); // O_CLOEXEC of Linux
            Assert.Equal(0x800, value & 0x800); // O_NONBLOCK of Linux
        }
    }

    [Fact]
    public void A_pipe_full_of_signals_does_not_hold_up_the_next()
    {
        using var system = new LookAlike();
        using var stop = new MacOSStopSignal();

        for (int i = 0; i < 20_000; i++)
        {
            stop.Signal();
        }

        Assert.Equal(WaitResult.Stopped, Poller.Wait(stop.Waitable, stop.Waitable, TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData("fail.pipe", "pipe")]
    [InlineData("fail.fcntl", "fcntl(F_SETFD)")]
    public void A_refusal_names_the_call_and_leaves_nothing_open(string setting, string operation)
    {
        using var system = new LookAlike { [setting] = 24 }; // EMFILE
        int before = LookAlike.Descriptors().Length;

        NativeException refused = Assert.Throws<NativeException>(() => new MacOSStopSignal());

        Assert.Equal((operation, new NativeError(NativeErrorDomain.DarwinErrno, 24)), (refused.Operation, refused.Error));
        Assert.Equal(before, LookAlike.Descriptors().Length);
    }
}
