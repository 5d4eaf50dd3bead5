using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Events;
using Sonde.Host.Processes.Events.MacOS;
using Sonde.Interop.MacOS;
using Sonde.MacOS.Tests.Processes;

namespace Sonde.MacOS.Tests.Events;

/// <summary>The kernel queue beside readings of the table, over the look-alike.</summary>
public sealed class QueueTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly List<ProcessEvent> _told = [];

    [Fact]
    public void An_end_is_told_at_once_with_its_status()
    {
        using LookAlike system = Host();
        using MacOSQueueSource source = Open();
        Assert.True(system.Tell(300, LibSystem.NOTE_EXIT, 7 << 8));
        ProcessEvent exited = Next(source);

        Assert.Equal((ProcessEventKind.Exited, ProcessEventOrigin.Stream, 300, "worker"), (exited.Kind, exited.Origin, exited.Pid, exited.Name.Value));
        Assert.Equal((7, ReadingStatus.None), (exited.ExitCode.Value, exited.Signal.Status));
        Assert.Equal((1, "launchd"), (exited.ParentPid.Value, exited.ParentName.Value));
    }

    [Fact]
    public void A_signal_that_ends_a_process_is_told()
    {
        using LookAlike system = Host();
        using MacOSQueueSource source = Open();
        Assert.True(system.Tell(300, LibSystem.NOTE_EXIT, 9));

        Assert.Equal(9, Next(source).Signal.Value);
    }

    [Fact]
    public void Of_a_process_of_another_user_the_end_is_told_and_its_status_denied()
    {
        using LookAlike system = Host();
        system["as.uid"] = 501;
        using MacOSQueueSource source = Open();
        Assert.True(system.Tell(300, LibSystem.NOTE_EXIT, 7 << 8));
        ProcessEvent exited = Next(source);

        Assert.Equal((ReadingStatus.Denied, ReadingStatus.Denied), (exited.ExitCode.Status, exited.Signal.Status));
        Assert.Equal(ProcessEventKind.Exited, exited.Kind);
    }

    [Fact]
    public void After_a_fork_the_table_shows_the_child_and_the_child_is_watched()
    {
        using LookAlike system = Host();
        using MacOSQueueSource source = Open();
        system.Put(new HostProcess(301, "child") { Parent = 300 });
        Assert.True(system.Tell(300, LibSystem.NOTE_FORK));
        ProcessEvent started = Next(source);
        UntilWatched(system, 3);
        Assert.True(system.Tell(301, LibSystem.NOTE_EXIT, 0));
        ProcessEvent exited = Next(source);

        Assert.Equal((ProcessEventKind.Started, ProcessEventOrigin.Comparison, 301, 300, "worker"), (started.Kind, started.Origin, started.Pid, started.ParentPid.Value, started.ParentName.Value));
        Assert.Equal((ProcessEventKind.Exited, 301, 0), (exited.Kind, exited.Pid, exited.ExitCode.Value));
        Assert.Equal(started.Key, exited.Key);
    }

    [Fact]
    public void An_execution_is_told_once_with_what_is_read_after_it()
    {
        using LookAlike system = Host();
        using MacOSQueueSource source = Open();
        system.Put(new HostProcess(300, "other") { ImageVersion = 8 });
        Assert.True(system.Tell(300, LibSystem.NOTE_EXEC));
        ProcessEvent executed = Next(source);
        Assert.True(system.Tell(300, LibSystem.NOTE_EXIT, 0));
        ProcessEvent exited = Next(source);

        Assert.Equal((ProcessEventKind.Executed, ProcessEventOrigin.Stream, "other"), (executed.Kind, executed.Origin, executed.Name.Value));
        Assert.Equal((ProcessEventKind.Exited, "other"), (exited.Kind, exited.Name.Value));
        Assert.Equal(executed.Key, exited.Key);
    }

    [Fact]
    public void An_end_that_the_queue_missed_is_found_in_the_table()
    {
        using LookAlike system = Host();
        using MacOSQueueSource source = Open();
        system.Remove(300);
        Assert.True(system.Tell(1, LibSystem.NOTE_FORK));
        ProcessEvent exited = Next(source);

        Assert.Equal((ProcessEventKind.Exited, ProcessEventOrigin.Comparison, ReadingStatus.Unsupported), (exited.Kind, exited.Origin, exited.ExitCode.Status));
    }

    [Fact]
    public void A_queue_that_breaks_ends_the_stream_with_the_reason()
    {
        using LookAlike system = Host();
        using MacOSQueueSource source = Open();
        system["fail.kevent"] = 9;
        Assert.True(system.Tell(300, LibSystem.NOTE_FORK));

        Assert.Contains("kevent", Assert.Throws<HostException>(() => source.TryRead(s_patience, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_without_queues_falls_to_the_next_rung_and_says_why()
    {
        using LookAlike system = Host();
        system["fail.kqueue"] = 24;
        HostException refused = Assert.Throws<HostException>(() => new MacOSEventLadder().Open(new ProcessEventOptions { Source = ProcessEventSourceKind.KernelQueue }));
        BackendStatus rung = new MacOSEventLadder().Check()[0];

        Assert.Equal(("kqueue", 24), (refused.Operation, refused.NativeError));
        Assert.Equal((BackendState.Unavailable, "kqueue", 24), (rung.State, rung.Backend, rung.NativeError));
        using ProcessEventSource source = new MacOSEventLadder().Open(new ProcessEventOptions());
        Assert.Equal((ProcessEventSourceKind.Snapshots, "source kqueue"), (source.Kind, source.Gaps[0].What));
    }

    private static LookAlike Host()
    {
        var system = new LookAlike();
        system.Put(new HostProcess(1, "launchd") { Parent = 0 });
        system.Put(new HostProcess(300, "worker"));
        return system;
    }

    // The table is read when the queue tells something: a test changes it while nobody looks.
    private static MacOSQueueSource Open()
    {
        var options = new ProcessEventOptions { Fields = ProcessFields.User, Interval = TimeSpan.FromHours(1) };
        MacOSQueueSource source = MacOSEventLadder.Over(options, ProcessQueue.Open(), TestCollector.Open(ProcessFields.Core | ProcessFields.User), []);
        source.Start();
        return source;
    }

    private static void UntilWatched(LookAlike system, int count)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (system["queue.watches"] < count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < s_patience, "the child is not watched");
            Thread.Yield();
        }
    }

    private ProcessEvent Next(MacOSQueueSource source)
    {
        Assert.True(source.TryRead(s_patience, out ProcessEvent? next), $"no event came after {_told.LastOrDefault()}");
        _told.Add(next);
        return next;
    }
}
