using System.Runtime.Versioning;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Events;

namespace Sonde.Host.Tests.Processes.Events;

[SupportedOSPlatform("linux")]
public sealed class SnapshotEventSourceTests
{
    private readonly FakeProcesses _table = new();

    [Fact]
    public void Two_readings_show_who_came_who_went_and_who_took_an_id_again()
    {
        _table.Set(1, 1, parent: 0, name: "init");
        _table.Set(7, 70, name: "old");
        _table.Set(8, 80, name: "gone");
        using SnapshotEventSource source = Open();
        _table.Time.Advance(TimeSpan.FromSeconds(1));
        _table.Set(7, 7000, name: "reused");
        _table.Set(9, 90, parent: 7, name: "new");
        _table.Remove(8);
        source.Compare();

        List<ProcessEvent> told = ReadAll(source);
        Assert.Equal(
            [(ProcessEventKind.Exited, 7, "old"), (ProcessEventKind.Exited, 8, "gone"), (ProcessEventKind.Started, 7, "reused"), (ProcessEventKind.Started, 9, "new")],
            told.OrderBy(static one => one.Kind == ProcessEventKind.Started).ThenBy(static one => one.Pid).Select(static one => (one.Kind, one.Pid, one.Name.Value)));
        Assert.Equal(7000ul, told.Single(static one => one.Pid == 9).Parent.Value.Start);
        Assert.Equal((1L, 4L, 3), (source.Statistics.Comparisons, source.Statistics.Found, source.Statistics.Known));
    }

    [Fact]
    public async Task Disposing_ends_whoever_reads()
    {
        _table.Set(1, 1, parent: 0);
        SnapshotEventSource source = Open();
        source.Start();
        Task<bool> reading = Task.Factory.StartNew(() => source.TryRead(Timeout.InfiniteTimeSpan, out _), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        source.Dispose();
        source.Dispose();

        Assert.False(await reading.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.True(source.IsEnded);
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_any_more_ends_the_stream_with_the_reason()
    {
        _table.Set(1, 1, parent: 0);
        ProcessCollector collector = _table.OpenCollector();
        using var source = new SnapshotEventSource(new ProcessEventOptions { Interval = TimeSpan.FromMilliseconds(10), Time = _table.Time }, collector, []);
        _table.Failure = new HostException(HostFailure.System, "getdents64", "/proc", 5, "Input/output error");
        source.Start();

        HostException failure = await Assert.ThrowsAsync<HostException>(async () =>
        {
            await foreach (ProcessEvent _ in source.ReadAllAsync())
            {
            }
        });
        Assert.Contains("Input/output error", failure.Message, StringComparison.Ordinal);
    }

    private SnapshotEventSource Open() => new(new ProcessEventOptions { Fields = ProcessFields.Label, Interval = TimeSpan.FromHours(1), Time = _table.Time }, _table.OpenCollector(), []);

    private static List<ProcessEvent> ReadAll(SnapshotEventSource source)
    {
        var told = new List<ProcessEvent>();
        while (source.TryRead(TimeSpan.Zero, out ProcessEvent? next))
        {
            told.Add(next);
        }

        return told;
    }
}
