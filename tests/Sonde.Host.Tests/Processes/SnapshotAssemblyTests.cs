using Sonde.Host.Processes;
using Sonde.Host.Processes.Assembly;
using Sonde.Testing;

namespace Sonde.Host.Tests.Processes;

public class SnapshotAssemblyTests
{
    private readonly FakeProcesses _processes = new();

    [Fact]
    public void A_child_is_linked_to_its_parent_by_key()
    {
        _processes.Set(1, start: 5, parent: 0);
        _processes.Set(20, start: 90, parent: 1);
        using SnapshotAssembly assembly = _processes.Open();

        using ProcessSnapshot snapshot = assembly.Collect();

        Assert.Equal(new ProcessKey(FakeProcesses.Boot, 1, 5), snapshot.Find(20)!.Parent.Value);
        Assert.Equal(ReadingStatus.None, snapshot.Find(1)!.Parent.Status);
    }

    [Fact]
    public void A_parent_that_is_younger_than_its_child_is_refused()
    {
        _processes.Set(20, start: 90, parent: 30);
        _processes.Set(30, start: 91);
        using SnapshotAssembly assembly = _processes.Open();

        using ProcessSnapshot snapshot = assembly.Collect();

        Assert.Equal(Reading.None<ProcessKey>("its parent is gone; a younger process has that id now"), snapshot.Find(20)!.Parent);
        Assert.Equal(30, snapshot.Find(20)!.ParentPid.Value);
    }

    [Fact]
    public void A_parent_that_started_in_the_same_tick_is_accepted()
    {
        _processes.Set(20, start: 90, parent: 30);
        _processes.Set(30, start: 90);
        using SnapshotAssembly assembly = _processes.Open();

        using ProcessSnapshot snapshot = assembly.Collect();

        Assert.Equal(30, snapshot.Find(20)!.Parent.Value.Pid);
    }

    [Fact]
    public void Processor_use_is_time_used_over_time_measured()
    {
        _processes.Set(7, start: 1, cpu: TimeSpan.FromSeconds(10));
        using SnapshotAssembly assembly = _processes.Open();
        using (ProcessSnapshot first = assembly.Collect())
        {
            Assert.Equal(ReadingStatus.NotCollected, first.Find(7)!.CpuPercent.Status);
        }

        _processes.Time.Advance(TimeSpan.FromSeconds(4));
        _processes.Set(7, start: 1, cpu: TimeSpan.FromSeconds(16));
        using ProcessSnapshot second = assembly.Collect();

        Assert.Equal(150, second.Find(7)!.CpuPercent.Value, 6);
    }

    [Fact]
    public void A_step_of_the_wall_clock_changes_neither_key_nor_rate()
    {
        _processes.Set(7, start: 1, cpu: TimeSpan.FromSeconds(10));
        using SnapshotAssembly assembly = _processes.Open();
        ProcessSnapshot first = assembly.Collect();

        _processes.Time.Now -= TimeSpan.FromDays(400);
        _processes.Time.Advance(TimeSpan.FromSeconds(2));
        _processes.Set(7, start: 1, cpu: TimeSpan.FromSeconds(11));
        using ProcessSnapshot second = assembly.Collect();

        Assert.Equal(first.Find(7)!.Key, second.Find(7)!.Key);
        Assert.Equal(50, second.Find(7)!.CpuPercent.Value, 6);
    }

    [Fact]
    public void A_process_with_a_used_again_id_has_another_key_and_no_rate_yet()
    {
        _processes.Set(7, start: 1, cpu: TimeSpan.FromSeconds(10));
        using SnapshotAssembly assembly = _processes.Open();
        ProcessSnapshot first = assembly.Collect();

        _processes.Time.Advance(TimeSpan.FromSeconds(1));
        _processes.Set(7, start: 2, cpu: TimeSpan.FromSeconds(11));
        using ProcessSnapshot second = assembly.Collect();

        Assert.NotEqual(first.Find(7)!.Key, second.Find(7)!.Key);
        Assert.Null(second.Find(first.Find(7)!.Key));
        Assert.False(second.Find(7)!.CpuPercent.HasValue);
    }

    [Fact]
    public void Denied_not_asked_and_none_look_different()
    {
        _processes.Set(7, start: 1);
        using SnapshotAssembly assembly = _processes.Open();

        using ProcessSnapshot snapshot = assembly.Collect();
        ProcessRecord record = snapshot.Find(7)!;

        Assert.Equal(Reading.Denied<ulong>("no ptrace right"), record.DiskReadBytes);
        Assert.Equal(Reading.NotCollected<long>("nobody asked for it"), record.ResidentBytes);
        Assert.Equal(TimeSpan.Zero, record.KernelTime.Value);
        Assert.Equal(ReadingStatus.NotCollected, record.Identity.Image.Status);
    }

    [Fact]
    public void An_identity_is_read_once_and_shared_by_later_snapshots()
    {
        _processes.Set(7, start: 1);
        using SnapshotAssembly assembly = _processes.Open(new ProcessCollectorOptions { Fields = ProcessFields.Standard });

        ProcessSnapshot first = assembly.Collect();
        ProcessSnapshot second = assembly.Collect();

        Assert.Equal(1, _processes.IdentityReads);
        Assert.Same(first.Find(7)!.Identity, second.Find(7)!.Identity);
        Assert.Equal("label of 7", second.Find(7)!.Identity.Label.Value);
    }

    [Theory]
    [InlineData("b", 0UL)]
    [InlineData("a", 4UL)]
    public void An_identity_is_read_again_when_name_or_image_changed(string name, ulong imageStamp)
    {
        _processes.Set(7, start: 1);
        using SnapshotAssembly assembly = _processes.Open(new ProcessCollectorOptions { Fields = ProcessFields.Standard });
        assembly.Collect().Dispose();

        _processes.Set(7, start: 1, name: name, imageStamp: imageStamp);
        assembly.Collect().Dispose();

        Assert.Equal(2, _processes.IdentityReads);
    }

    [Fact]
    public void An_identity_is_read_again_when_it_is_old()
    {
        _processes.Set(64, start: 1);
        using SnapshotAssembly assembly = _processes.Open(new ProcessCollectorOptions { IdentityRefresh = TimeSpan.FromSeconds(30) });
        assembly.Collect().Dispose();
        _processes.Time.Advance(TimeSpan.FromSeconds(29));
        assembly.Collect().Dispose();
        Assert.Equal(1, _processes.IdentityReads);

        _processes.Time.Advance(TimeSpan.FromSeconds(1));
        assembly.Collect().Dispose();

        Assert.Equal(2, _processes.IdentityReads);
    }

    [Fact]
    public void Old_identities_are_not_all_read_again_in_one_cycle()
    {
        for (int pid = 1; pid <= 128; pid++)
        {
            _processes.Set(pid, start: 1);
        }

        using SnapshotAssembly assembly = _processes.Open(new ProcessCollectorOptions { IdentityRefresh = TimeSpan.FromSeconds(30) });
        assembly.Collect().Dispose();
        _processes.Time.Advance(TimeSpan.FromSeconds(22.5));
        assembly.Collect().Dispose();

        Assert.InRange(_processes.IdentityReads - 128, 50, 78);
    }

    [Fact]
    public void What_ended_while_it_was_read_says_so_in_every_field()
    {
        _processes.Set(7, start: 1);
        _processes.IdentityIsGone = true;
        using SnapshotAssembly assembly = _processes.Open(new ProcessCollectorOptions { Fields = ProcessFields.Standard });

        using ProcessSnapshot snapshot = assembly.Collect();

        Assert.Equal(ReadingStatus.Gone, snapshot.Find(7)!.Identity.Label.Status);
        Assert.Equal(ReadingStatus.Gone, snapshot.Find(7)!.Identity.Image.Status);
    }

    [Fact]
    public void Costly_tiers_are_read_only_of_the_selected()
    {
        _processes.Set(7, start: 1);
        _processes.Set(8, start: 1);
        using SnapshotAssembly assembly = _processes.Open(new ProcessCollectorOptions { Fields = ProcessFields.All, Select = static record => record.Pid == 8 });

        using ProcessSnapshot snapshot = assembly.Collect();

        Assert.Equal(1, _processes.IdentityReads);
        Assert.Equal("/8", snapshot.Find(8)!.Details.WorkingFolder.Value);
        Assert.Equal(ReadingStatus.NotCollected, snapshot.Find(7)!.Details.WorkingFolder.Status);
    }

    [Fact]
    public void A_process_that_is_listed_twice_is_shown_once()
    {
        _processes.Set(7, start: 1);
        _processes.Set(8, start: 1);
        using SnapshotAssembly assembly = _processes.Open();
        var table = new SampleTable(FakeProcesses.Boot, _processes.Time, 10);
        using ProcessSnapshot snapshot = assembly.Collect();
        snapshot.Begin(FakeProcesses.Boot, default, ProcessEngineKind.Proc, ProcessFields.Core);
        table.Begin(snapshot, new SampleReasons());

        table.Add(new ProcessSample { Pid = 5, Start = 1 }, "x"u8);
        table.Add(new ProcessSample { Pid = 5, Start = 1 }, "x"u8);

        Assert.Single(snapshot);
    }

    [Fact]
    public void Processes_stand_in_the_order_of_their_ids_and_those_that_vanished_are_counted()
    {
        _processes.Set(30, start: 1);
        _processes.Set(4, start: 1);
        _processes.Set(11, start: 1);
        _processes.Vanished = 3;
        using SnapshotAssembly assembly = _processes.Open();

        using ProcessSnapshot snapshot = assembly.Collect();

        Assert.Equal([4, 11, 30], snapshot.Select(static record => record.Pid));
        Assert.Equal(3, snapshot.Vanished);
        Assert.Null(snapshot.Find(12));
    }

    [Fact]
    public void More_processes_than_allowed_are_a_gap()
    {
        for (int pid = 1; pid <= 12; pid++)
        {
            _processes.Set(pid, start: 1);
        }

        using SnapshotAssembly assembly = _processes.Open(new ProcessCollectorOptions { MaxProcesses = 10 });
        using ProcessSnapshot snapshot = assembly.Collect();

        Assert.Equal(10, snapshot.Count);
        Assert.Equal(2, Assert.Single(snapshot.Gaps).Count);
    }

    [Fact]
    public void Who_is_gone_is_forgotten()
    {
        for (int pid = 1; pid <= 100; pid++)
        {
            _processes.Set(pid, start: 1);
        }

        using SnapshotAssembly assembly = _processes.Open();
        assembly.Collect().Dispose();
        for (int pid = 2; pid <= 100; pid++)
        {
            _processes.Remove(pid);
        }

        assembly.Collect().Dispose();

        Assert.Equal(1, assembly.TrackedCount);
    }

    [Fact]
    public void A_snapshot_that_is_held_never_changes()
    {
        _processes.Set(7, start: 1, cpu: TimeSpan.FromSeconds(1));
        using SnapshotAssembly assembly = _processes.Open();
        ProcessSnapshot held = assembly.Collect();

        _processes.Set(7, start: 1, cpu: TimeSpan.FromSeconds(9));
        _processes.Set(8, start: 1);
        using ProcessSnapshot second = assembly.Collect();

        Assert.Equal(TimeSpan.FromSeconds(1), held.Find(7)!.UserTime.Value);
        Assert.Single(held);
    }

    [Fact]
    public void A_cycle_in_which_nothing_started_allocates_nothing()
    {
        for (int pid = 1; pid <= 1000; pid++)
        {
            _processes.Set(pid, start: 1, name: $"name{pid}");
        }

        using SnapshotAssembly assembly = _processes.Open();
        assembly.Collect().Dispose();
        assembly.Collect().Dispose();

        Assert.Equal(0, AllocationWatch.Least(() => assembly.Collect().Dispose()));
    }

    [Fact]
    public void A_disposed_snapshot_is_no_more()
    {
        _processes.Set(7, start: 1);
        using SnapshotAssembly assembly = _processes.Open();
        ProcessSnapshot snapshot = assembly.Collect();

        snapshot.Dispose();
        snapshot.Dispose();

        Assert.Throws<ObjectDisposedException>(() => snapshot.Find(7));
    }
}
