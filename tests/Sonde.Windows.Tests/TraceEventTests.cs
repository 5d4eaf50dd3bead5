using System.Diagnostics;
using Sonde.Host;
using Sonde.Host.Processes.Events;
using Sonde.Interop.Windows;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>Events of processes by the kernel's trace: the look-alike tells of real processes of Wine, and of such as never were.</summary>
[Trait("pass", "etw")]
public sealed class TraceEventTests
{
    private const int Nobody = 2_000_000_000; // no process has an id like this
    private const long Created = 133_000_000_000_000_000; // June 2022
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly EtwLookalike _windows = EtwLookalike.Play();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_start_is_told_with_what_is_read_of_the_process_at_once_and_its_end_with_its_code(int version)
    {
        using ProcessEventSource source = Open();
        using Process child = Child();
        long created = child.StartTime.ToFileTimeUtc();
        try
        {
            TellStart(version, child.Id, created, @"\Device\HarddiskVolume2\windows\system32\cmd.exe");
            ProcessEvent started = Next(source);

            Assert.Equal((ProcessEventKind.Started, ProcessEventOrigin.Stream, child.Id, "cmd.exe"), (started.Kind, started.Origin, started.Pid, started.Name.Value));
            Assert.Equal((Environment.ProcessId, "Sonde.Windows.Tests.exe"), (started.ParentPid.Value, started.ParentName.Value));
            Assert.Contains("pause", started.Identity.Arguments.Value.Text, StringComparison.Ordinal);
            Assert.EndsWith("cmd.exe", started.Identity.Image.Value.Path, StringComparison.OrdinalIgnoreCase);
            Assert.True(started.Identity.User.HasValue);
            Assert.Equal((ulong)created, started.Key.Value.Start);
            Assert.False(started.IsKeyEstimated);

            _windows.Tell(EtwBytes.KernelProcess, 2, Math.Min(version, 2), EtwBytes.ProcessStop(Math.Min(version, 2), child.Id, 99, created, 0xC0000005, "cmd.exe"));
            ProcessEvent exited = Next(source);

            Assert.Equal((ProcessEventKind.Exited, child.Id, unchecked((int)0xC0000005), "cmd.exe"), (exited.Kind, exited.Pid, exited.ExitCode.Value, exited.Name.Value));
            Assert.Equal(started.Key, exited.Key);
            Assert.Equal(ReadingStatus.Unsupported, exited.Signal.Status);
            Assert.True(exited.RunTime.HasValue);
        }
        finally
        {
            End(child);
        }
    }

    [Fact]
    public void A_process_that_ended_before_it_could_be_read_is_told_with_what_the_event_says()
    {
        using ProcessEventSource source = Open();
        long moment = Stopwatch.GetTimestamp();
        TellStart(3, Nobody, Created, @"\Device\HarddiskVolume2\short.exe", moment);
        _windows.Tell(EtwBytes.KernelProcess, 2, 2, EtwBytes.ProcessStop(2, Nobody, 99, Created, 3, "short.exe"), moment + (Stopwatch.Frequency / 100));
        ProcessEvent started = Next(source);
        ProcessEvent exited = Next(source);

        Assert.Equal(("short.exe", Environment.ProcessId, ProcessEventEnrichment.None), (started.Name.Value, started.ParentPid.Value, started.Enrichment));
        Assert.Equal(ReadingStatus.Gone, started.Identity.Arguments.Status);
        Assert.Equal((3, started.Key, TimeSpan.FromMilliseconds(10)), (exited.ExitCode.Value, exited.Key, exited.RunTime.Value));
        Assert.Equal(1, source.Statistics.Unread);
    }

    [Fact]
    public void An_id_that_belongs_to_another_process_by_now_lends_the_event_nothing()
    {
        using ProcessEventSource source = Open();
        using Process child = Child();
        try
        {
            TellStart(3, child.Id, child.StartTime.ToFileTimeUtc() - 50_000_000, @"\Device\HarddiskVolume2\before.exe");
            ProcessEvent started = Next(source);

            Assert.Equal(("before.exe", ReadingStatus.Gone), (started.Name.Value, started.Identity.Arguments.Status));
        }
        finally
        {
            End(child);
        }
    }

    [Fact]
    public void Lost_events_are_told_with_their_number_and_the_table_shows_what_they_were()
    {
        using ProcessEventSource source = Open();
        using Process child = Child();
        try
        {
            _windows.Set("lose_events", 7);
            ProcessEvent lost = Next(source);
            ProcessEvent found = Next(source, one => one.Pid == child.Id);
            ProcessEvent again = Next(source, static one => one.Kind == ProcessEventKind.Resynced);

            Assert.Equal((ProcessEventKind.Lost, 7L), (lost.Kind, lost.LostCount.Value));
            Assert.Equal((ProcessEventKind.Started, ProcessEventOrigin.Comparison), (found.Kind, found.Origin));
            Assert.Contains("pause", found.Identity.Arguments.Value.Text, StringComparison.Ordinal);
            Assert.True(again.FoundStarts >= 1);
            Assert.Equal(lost.Reason, again.Reason);
            Assert.Equal(7, source.Statistics.LostBySystem);
        }
        finally
        {
            End(child);
        }
    }

    [Fact]
    public void Lost_buffers_are_told_without_a_number_that_nobody_knows()
    {
        using ProcessEventSource source = Open();
        _windows.Set("lose_buffers", 2);
        ProcessEvent lost = Next(source, static one => one.Kind == ProcessEventKind.Lost);

        Assert.Equal(ReadingStatus.NotCollected, lost.LostCount.Status);
        Assert.Contains("2 full buffers", lost.Reason, StringComparison.Ordinal);
        Assert.Equal(2, source.Statistics.Overflows);
    }

    [Fact]
    public void Events_that_make_no_sense_are_counted_and_those_of_others_are_not()
    {
        using ProcessEventSource source = Open();
        _windows.Tell(EtwBytes.KernelProcess, 1, 3, new byte[9]);
        _windows.Tell(EtwBytes.KernelProcess, 1, 3, [], withoutPayload: true);
        _windows.Tell(EtwBytes.KernelProcess, 15, 1, new byte[9]);
        _windows.Tell(Guid.Empty, 1, 0, new byte[9]);
        TellStart(3, Nobody, Created, "x.exe");
        Next(source);

        Assert.Equal((3, 2), (source.Statistics.Received, source.Statistics.Malformed));
    }

    [Fact]
    public void Where_the_trace_is_refused_the_table_is_compared_and_the_reason_named()
    {
        _windows.Set("refuse_start", Win32.ERROR_ACCESS_DENIED);
        using var source = ProcessEventSource.Open();
        IReadOnlyList<BackendStatus> rungs = ProcessEventSource.Check();

        Assert.Equal(ProcessEventSourceKind.Snapshots, source.Kind);
        Assert.Equal(ReadingStatus.Denied, Assert.Single(source.Gaps, static gap => gap.What == "source etw").Status);
        Assert.Equal(("etw", BackendState.Denied, Win32.ERROR_ACCESS_DENIED), (rungs[0].Backend, rungs[0].State, rungs[0].NativeError));
        Assert.Equal(["Administrator", "Performance Log Users"], rungs[0].MissingRights);
        Assert.Equal(("snapshots", BackendState.Available), (rungs[1].Backend, rungs[1].State));
    }

    [Fact]
    public void Where_the_trace_is_asked_for_and_refused_nothing_else_takes_its_place()
    {
        _windows.Set("refuse_start", Win32.ERROR_ACCESS_DENIED);

        Assert.Equal(HostFailure.AccessDenied, Assert.Throws<HostException>(static () => Open()).Failure);
    }

    [Fact]
    public void Checking_begins_a_trace_and_leaves_none()
    {
        BackendStatus rung = ProcessEventSource.Check()[0];

        Assert.Equal(("etw", BackendState.Available, 0), (rung.Backend, rung.State, _windows["sessions"]));
    }

    [Fact]
    public void A_trace_that_another_program_stops_ends_the_stream_with_its_reason_behind_what_came_before()
    {
        using ProcessEventSource source = Open();
        TellStart(3, Nobody, Created, "x.exe");
        _windows.Set("end", 0);

        Assert.Equal(Nobody, Next(source).Pid);
        Assert.Contains("another program", Assert.Throws<HostException>(() => Next(source)).Message, StringComparison.Ordinal);
    }

    private static Process Child() =>
        Process.Start(new ProcessStartInfo("cmd.exe", "/c pause") { RedirectStandardInput = true, UseShellExecute = false, CreateNoWindow = true })!; // not null without the shell

    private static void End(Process child)
    {
        child.Kill();
        child.WaitForExit();
    }

    private static ProcessEventSource Open() => ProcessEventSource.Open(new ProcessEventOptions { Source = ProcessEventSourceKind.EventTrace, CheckInterval = TimeSpan.FromMinutes(10) });

    private static ProcessEvent Next(ProcessEventSource source, Func<ProcessEvent, bool>? which = null)
    {
        while (true)
        {
            Assert.True(source.TryRead(s_patience, out ProcessEvent? next, TestContext.Current.CancellationToken), "nothing was told");
            if (which is null || which(next))
            {
                return next;
            }
        }
    }

    private void TellStart(int version, int pid, long created, string image, long time = 0) =>
        _windows.Tell(EtwBytes.KernelProcess, 1, version, EtwBytes.ProcessStart(version, pid, 99, created, Environment.ProcessId, 9, image), time);
}
