using Sonde.Host.Processes;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Events;
using Sonde.Host.Processes.Events.Tracking;

namespace Sonde.Host.Tests.Processes.Events;

public sealed class ProcessTrackerTests : IDisposable
{
    private readonly FakeProcesses _table = new();
    private readonly SnapshotAssembly _collector;
    private readonly List<ProcessEvent> _told = [];
    private readonly ProcessTracker _tracker;

    public ProcessTrackerTests()
    {
        _collector = _table.Open(new ProcessCollectorOptions { Fields = ProcessFields.Core | ProcessFields.Label });
        _tracker = new ProcessTracker(FakeProcesses.Boot, ProcessFields.Label, _told.Add);
        _table.Set(1, 1, parent: 0, name: "init");
        _table.Set(7, 70, name: "shell");
        using ProcessSnapshot first = _collector.Collect();
        _tracker.Learn(first, Now.Monotonic, static _ => null);
        Tick();
    }

    private EventMoment Now => EventMoment.Now(_table.Time);

    public void Dispose() => _collector.Dispose();

    [Fact]
    public void Start_execution_and_end_of_a_process_have_one_key_and_its_parent()
    {
        _tracker.Start(Now, 20, 7, Facts(200, "shell"), 200);
        _tracker.Execute(Now, 20, Facts(200, "curl"));
        Tick(TimeSpan.FromSeconds(3));
        _tracker.End(Now, 20, 7, ExitStatus.FromWait(0x300), null);

        Assert.Equal([ProcessEventKind.Started, ProcessEventKind.Executed, ProcessEventKind.Exited], _told.Select(static one => one.Kind));
        Assert.All(_told, static one => Assert.Equal(new ProcessKey(FakeProcesses.Boot, 20, 200), one.Key.Value));
        Assert.All(_told, static one => Assert.Equal((new ProcessKey(FakeProcesses.Boot, 7, 70), "shell"), (one.Parent.Value, one.ParentName.Value)));
        Assert.Equal(["shell", "curl", "curl"], _told.Select(static one => one.Name.Value));
        Assert.Equal((3, TimeSpan.FromSeconds(3), ProcessEventEnrichment.Full), (_told[2].ExitCode.Value, _told[2].RunTime.Value, _told[2].Enrichment));
        Assert.Equal(ReadingStatus.None, _told[2].Signal.Status);
    }

    [Fact]
    public void A_process_that_ended_before_it_could_be_read_is_told_with_what_the_event_says()
    {
        _tracker.Start(Now, 20, 7, null, 205);
        _tracker.End(Now, 20, 7, ExitStatus.FromWait(9 | 0x80), null);

        Assert.All(_told, static one => Assert.Equal((ProcessEventEnrichment.None, true, 205ul), (one.Enrichment, one.IsKeyEstimated, one.Key.Value.Start)));
        Assert.All(_told, static one => Assert.Equal((7, ReadingStatus.Gone), (one.ParentPid.Value, one.Name.Status)));
        Assert.Contains("before it could be read", _told[0].EnrichmentReason, StringComparison.Ordinal);
        Assert.Equal((9, true, ReadingStatus.None), (_told[1].Signal.Value, _told[1].HasCoreDump.Value, _told[1].ExitCode.Status));
        Assert.Equal(1, _tracker.Unread);
    }

    [Fact]
    public void What_could_not_be_read_is_named()
    {
        var identity = new ProcessIdentity { Label = Reading.Denied<string>("not yours") };
        _tracker.Start(Now, 20, 7, Facts(200, "secret") with { Identity = identity }, 200);

        Assert.Equal((ProcessEventEnrichment.None, "label: denied: not yours"), (_told[0].Enrichment, _told[0].EnrichmentReason));
        Assert.Equal("secret", _told[0].Name.Value);
    }

    [Fact]
    public void An_id_that_is_used_again_without_an_end_ends_the_first_process()
    {
        _tracker.Start(Now, 20, 7, Facts(200, "first"), 200);
        _tracker.Start(Now, 20, 7, Facts(5200, "second"), 5200);

        Assert.Equal([(ProcessEventKind.Started, 200ul), (ProcessEventKind.Exited, 200ul), (ProcessEventKind.Started, 5200ul)], _told.Select(static one => (one.Kind, one.Key.Value.Start)));
        Assert.Equal((ProcessEventOrigin.Comparison, ReadingStatus.Unsupported), (_told[1].Origin, _told[1].ExitCode.Status));
    }

    [Fact]
    public void An_end_of_a_process_that_nobody_knew_is_told()
    {
        _tracker.End(Now, 99, 7, ExitStatus.FromWait(0), null);

        Assert.Equal((ProcessEventKind.Exited, 99, ReadingStatus.Gone), (_told[0].Kind, _told[0].Pid, _told[0].Key.Status));
        Assert.Equal(ReadingStatus.Gone, _told[0].RunTime.Status);
    }

    [Fact]
    public void A_process_that_only_a_later_event_tells_of_is_started_first()
    {
        _tracker.Execute(Now, 20, Facts(200, "late"));

        Assert.Equal([(ProcessEventKind.Started, ProcessEventOrigin.Comparison), (ProcessEventKind.Executed, ProcessEventOrigin.Stream)], _told.Select(static one => (one.Kind, one.Origin)));
        Assert.Equal(7, _told[0].ParentPid.Value);
    }

    [Fact]
    public void A_start_that_nobody_told_is_told_when_a_second_reading_shows_it_too()
    {
        _table.Set(30, 300, parent: 7, name: "quiet");

        Assert.Equal(1, Compare().Suspects);
        Assert.Empty(_told);
        Assert.Equal((1, 0), (Compare() is var second ? (second.Starts, second.Suspects) : default));
        Assert.Equal((ProcessEventKind.Started, ProcessEventOrigin.Comparison, "quiet", 7), (_told[0].Kind, _told[0].Origin, _told[0].Name.Value, _told[0].ParentPid.Value));
        Assert.Equal("label of 30", _told[0].Identity.Label.Value);
        Assert.Equal(0, Compare().Starts);
    }

    [Fact]
    public void A_start_whose_event_was_only_late_is_told_once()
    {
        _table.Set(30, 300, parent: 7, name: "late");
        Compare();
        _tracker.Start(Now, 30, 7, Facts(300, "late"), 300);
        Compare();
        Compare();

        Assert.Single(_told);
        Assert.Equal(ProcessEventOrigin.Stream, _told[0].Origin);
    }

    [Fact]
    public void An_end_that_nobody_told_is_told_when_a_second_reading_shows_it_too()
    {
        _table.Remove(7);

        Assert.Equal((0, 1), (Compare() is var first ? (first.Ends, first.Suspects) : default));
        Assert.Equal(1, Compare().Ends);
        Assert.Equal((ProcessEventKind.Exited, "shell", ReadingStatus.Unsupported), (_told[0].Kind, _told[0].Name.Value, _told[0].RunTime.Status));
        Assert.Equal(1, _tracker.KnownCount);
    }

    [Fact]
    public void An_id_that_was_used_again_unnoticed_is_an_end_and_a_start()
    {
        _table.Set(7, 7000, name: "other");
        Compare();
        Compare();

        Assert.Equal([(ProcessEventKind.Exited, "shell"), (ProcessEventKind.Started, "other")], _told.Select(static one => (one.Kind, one.Name.Value)));
    }

    [Fact]
    public void A_process_that_ended_and_still_stands_in_the_table_is_not_started_again()
    {
        _tracker.End(Now, 7, 1, ExitStatus.FromWait(0), null);
        Compare();
        Compare();

        Assert.Single(_told);
    }

    [Fact]
    public void A_process_that_the_table_never_showed_is_not_missed_there()
    {
        _tracker.Start(Now, 40, 7, null, 400);
        Tick();
        Compare();
        Compare();

        Assert.Single(_told);
        Assert.NotNull(_tracker.Find(40));
    }

    [Fact]
    public void A_process_that_started_after_the_reading_began_is_none_of_its_business()
    {
        using ProcessSnapshot before = _collector.Collect();
        TimeSpan begun = Now.Monotonic;
        Tick();
        _tracker.Start(Now, 50, 7, Facts(500, "young"), 500);
        _tracker.Compare(Now, before, begun, static _ => null, isSure: true);

        Assert.Single(_told);
    }

    [Fact]
    public void An_estimated_key_is_known_again_in_the_table()
    {
        _tracker.Start(Now, 60, 7, null, 601);
        Tick();
        _table.Set(60, 600, parent: 7, name: "alive");
        Compare();
        Compare();

        Assert.Single(_told);
    }

    [Fact]
    public void Where_the_table_is_all_there_is_one_reading_is_enough_and_executions_are_seen()
    {
        _table.Set(7, 70, name: "shell", imageStamp: 5);
        _table.Set(8, 80, name: "new");
        _table.Remove(1);
        _tracker.Compare(Now, Collect(out TimeSpan begun), begun, static _ => null, isSure: true);

        Assert.Equal([ProcessEventKind.Exited, ProcessEventKind.Executed, ProcessEventKind.Started], _told.Select(static one => one.Kind));
        Assert.All(_told, static one => Assert.Equal(ProcessEventOrigin.Comparison, one.Origin));
    }

    [Fact]
    public void A_loss_is_counted_and_stands_on_every_event_after_it()
    {
        _tracker.Lose(Now, 12, "a hole");
        _tracker.Lose(Now, Reading.NotCollected<long>("unknown"), "full");
        _tracker.Start(Now, 20, 7, Facts(200, "a"), 200);
        _tracker.Resync(Now, 1, 2, "a hole");

        Assert.Equal([12L, 12L, 12L, 12L], _told.Select(static one => one.LostBefore));
        Assert.Equal((ProcessEventKind.Resynced, 1, 2), (_told[3].Kind, _told[3].FoundStarts, _told[3].FoundExits));
    }

    [Fact]
    public void A_step_of_the_wall_clock_moves_the_times_and_not_the_durations()
    {
        _tracker.Start(Now, 20, 7, Facts(200, "a"), 200);
        DateTimeOffset before = _told[0].Time;
        _table.Time.Now -= TimeSpan.FromDays(1);
        Tick(TimeSpan.FromSeconds(5));
        EventMoment end = EventMoment.At(_table.Time, Now.Monotonic - TimeSpan.FromSeconds(1));
        _tracker.End(end, 20, 7, ExitStatus.FromWait(0), null);

        Assert.True(_told[1].Time < before);
        Assert.Equal(_table.Time.Now - TimeSpan.FromSeconds(1), _told[1].Time);
        Assert.Equal(TimeSpan.FromSeconds(4), _told[1].RunTime.Value);
    }

    [Fact]
    public void A_moment_that_cannot_be_is_the_last_that_can()
    {
        Assert.Equal(DateTimeOffset.MaxValue, EventMoment.At(_table.Time, TimeSpan.MaxValue - TimeSpan.FromDays(40)).Time);
    }

    private static ProcessFacts Facts(ulong start, string name) => new(start, name, 7, new ProcessIdentity { Label = "read" }, 0, null, TimeSpan.FromMilliseconds(1));

    private void Tick(TimeSpan? by = null) => _table.Time.Advance(by ?? TimeSpan.FromMilliseconds(100));

    private ProcessSnapshot Collect(out TimeSpan begun)
    {
        Tick();
        begun = Now.Monotonic;
        return _collector.Collect();
    }

    private ComparisonResult Compare()
    {
        using ProcessSnapshot snapshot = Collect(out TimeSpan begun);
        return _tracker.Compare(Now, snapshot, begun, static _ => null, isSure: false);
    }
}
