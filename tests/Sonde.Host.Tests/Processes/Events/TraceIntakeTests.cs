using Sonde.Host.Processes.Events.Windows;
using Sonde.Interop.Windows.Etw;
using Sonde.Testing;

namespace Sonde.Host.Tests.Processes.Events;

/// <summary>What waits between the thread of a Windows trace and its reader, and what is counted when it does not fit.</summary>
public sealed class TraceIntakeTests
{
    private const long Created = 133_000_000_000_000_000; // June 2022

    [Fact]
    public void What_finds_no_room_is_counted_and_what_came_first_is_kept_in_its_order()
    {
        using var intake = new TraceIntake(capacity: 2);
        for (int pid = 1; pid <= 5; pid++)
        {
            Take(intake, EtwBytes.ProcessStart(3, pid, 99, Created, 600, 9, @"\a.exe"), timestamp: pid * 10);
        }

        Assert.Equal((5L, 3L, 0L), (intake.Received, intake.Dropped, intake.Malformed));
        Assert.True(intake.TryTake(out KernelProcessEvent told, out long timestamp));
        Assert.Equal((1, 10L), (told.Pid, timestamp));
        Assert.True(intake.TryTake(out told, out _));
        Assert.Equal(2, told.Pid);
        Assert.False(intake.TryTake(out _, out _));

        Take(intake, EtwBytes.ProcessStart(3, 6, 99, Created, 600, 9, @"\a.exe"), timestamp: 60);
        Assert.True(intake.TryTake(out told, out _));
        Assert.Equal((6, 3L), (told.Pid, intake.Dropped));
    }

    [Fact]
    public void What_makes_no_sense_is_counted_and_wakes_the_reader_all_the_same()
    {
        using var intake = new TraceIntake();
        Take(intake, [1, 2, 3], timestamp: 1);

        Assert.Equal((1L, 1L), (intake.Received, intake.Malformed));
        Assert.True(intake.News.WaitOne(TimeSpan.FromSeconds(30)));
        Assert.False(intake.HasMore);
    }

    [Fact]
    public void The_end_comes_with_its_reason()
    {
        using var intake = new TraceIntake();
        var failure = new InvalidOperationException("the trace broke");
        intake.End(failure);

        Assert.True(intake.IsOver);
        Assert.Same(failure, intake.Failure);
        Assert.True(intake.News.WaitOne(TimeSpan.FromSeconds(30)));
    }

    private static void Take(TraceIntake intake, ReadOnlySpan<byte> payload, long timestamp) =>
        intake.Take(new EtwRecord(EtwProvider.KernelProcess.Id, 1, 3, timestamp, payload));
}
