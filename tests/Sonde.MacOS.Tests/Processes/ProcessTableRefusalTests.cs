using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Processes.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests.Processes;

/// <summary>The every-cycle tier where the system refuses, cuts, lacks or changes what is asked for.</summary>
public sealed class ProcessTableRefusalTests
{
    [Fact]
    public void Of_processes_of_others_a_user_sees_who_they_are_and_why_nothing_more()
    {
        using var system = new LookAlike { ["as.uid"] = 501 };
        system.Put(HostProcess.Launchd);
        system.Put(new HostProcess(300, "theirs") { User = 502 });
        system.Put(new HostProcess(301, "mine") { User = 501 });

        using ProcessCollector collector = TestCollector.Open(ProcessFields.EveryCycle);
        using ProcessSnapshot snapshot = collector.Collect();
        ProcessRecord theirs = snapshot.Find(300)!; // put above
        ProcessRecord mine = snapshot.Find(301)!;

        Assert.Equal((1300ul, "theirs", 1), (theirs.Key.Start, theirs.Name, theirs.ParentPid.Value));
        Assert.True(theirs.StartTime.HasValue && theirs.Nice.HasValue && theirs.Session.HasValue && theirs.ImageVersion.HasValue);
        foreach ((ReadingStatus status, string? reason) in (ReadOnlySpan<(ReadingStatus, string?)>)
            [
                (theirs.UserTime.Status, theirs.UserTime.Reason), (theirs.ResidentBytes.Status, theirs.ResidentBytes.Reason), (theirs.Threads.Status, theirs.Threads.Reason),
                (theirs.FootprintBytes.Status, theirs.FootprintBytes.Reason), (theirs.DiskReadBytes.Status, theirs.DiskReadBytes.Reason), (theirs.Handles.Status, theirs.Handles.Reason),
                (theirs.EnergyNanojoules.Status, theirs.EnergyNanojoules.Reason),
            ])
        {
            Assert.Equal((ReadingStatus.Denied, "only its own user, or root, may read this"), (status, reason));
        }

        Assert.Equal(ReadingStatus.Denied, theirs.State.Status);
        Assert.Contains("its threads", theirs.State.Reason, StringComparison.Ordinal);
        Assert.Equal(ReadingStatus.NotCollected, theirs.CpuPercent.Status);
        Assert.Equal((ProcessState.Sleeping, 3), (mine.State.Value, mine.Threads.Value));
    }

    [Fact]
    public void Those_that_end_after_the_table_was_read_are_counted_and_left_out()
    {
        using var system = new LookAlike { ["gone.300"] = 1 };
        system.Put(HostProcess.Launchd);
        system.Put(new HostProcess(300, "gone"));

        using ProcessCollector collector = TestCollector.Open(ProcessFields.EveryCycle);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal([1], snapshot.Select(process => process.Pid));
        Assert.Equal(1, snapshot.Vanished);
    }

    [Fact]
    public void An_id_that_was_used_again_between_two_calls_gives_nothing_of_either_process()
    {
        using var system = new LookAlike { ["reuse.300"] = 1 };
        system.Put(new HostProcess(300, "first"));

        using ProcessCollector collector = TestCollector.Open(ProcessFields.EveryCycle);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Empty(snapshot);
        Assert.Equal(1, snapshot.Vanished);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_table_that_grows_between_the_calls_is_read_whole(int times)
    {
        using var system = new LookAlike { ["processes.grow"] = times };
        for (int pid = 1; pid <= 2000; pid++)
        {
            system.Put(new HostProcess(pid, "many"));
        }

        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal(Enumerable.Range(1, 2000), snapshot.Select(process => process.Pid));
    }

    [Fact]
    public void A_table_that_never_stops_growing_is_given_up_with_the_words_of_the_system()
    {
        using var system = new LookAlike { ["processes.grow"] = 1_000_000 };
        system.Put(HostProcess.Launchd);

        HostException refused = Assert.Throws<HostException>(() => TestCollector.Open(ProcessFields.Core));

        Assert.Equal(Darwin.ENOMEM, refused.NativeError);
        Assert.InRange(system["processes.reads"], 2, 64);
    }

    [Fact]
    public void A_refused_table_is_refused_when_the_collector_is_opened()
    {
        using var system = new LookAlike { ["fail.processes"] = Darwin.EPERM };

        HostException refused = Assert.Throws<HostException>(() => TestCollector.Open(ProcessFields.Core));
        BackendStatus status = Assert.Single(new MacOSProcessLadder().Check());

        Assert.Equal((HostFailure.AccessDenied, "sysctl(KERN_PROC_ALL)"), (refused.Failure, refused.Operation));
        Assert.Equal((BackendState.Denied, "sysctl"), (status.State, status.Backend));
    }

    [Fact]
    public void A_row_that_is_cut_is_a_gap_and_the_others_are_read()
    {
        using var system = new LookAlike { ["processes.cut"] = 100 };
        system.Put(HostProcess.Launchd);
        system.Put(new HostProcess(300, "cut"));

        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal([1], snapshot.Select(process => process.Pid));
        Assert.Equal(1, Assert.Single(snapshot.Gaps).Count);
    }

    [Fact]
    public void Without_the_never_reused_id_the_moment_of_the_start_tells_processes_apart()
    {
        using var system = new LookAlike { ["fail.pidinfo17"] = Darwin.EPERM };
        system.Put(HostProcess.Launchd);
        system.Put(new HostProcess(300, "a"));

        ProcessRecord process = TestCollector.Read(300, ProcessFields.Core);

        Assert.Equal(1_700_000_000_000_300ul, process.Key.Start);
        Assert.Equal(ReadingStatus.Denied, process.ImageVersion.Status);
        Assert.Equal(1_699_999_999_000_001ul, process.Parent.Value.Start);
    }

    [Fact]
    public void Before_macOS_13_there_is_no_energy_and_everything_else()
    {
        using var system = new LookAlike { ["rusage.newest"] = 4 };
        system.Put(new HostProcess(Environment.ProcessId, "self"));
        system.Put(new HostProcess(3_000_000, "a") { Footprint = 77 });

        ProcessRecord process = TestCollector.Read(3_000_000, ProcessFields.EveryCycle);

        Assert.Equal((77, 11ul, ReadingStatus.Unsupported), (process.FootprintBytes.Value, process.Cycles.Value, process.EnergyNanojoules.Status));
        Assert.Equal(0, system["rusage6"]);
    }

    [Fact]
    public void Counters_that_the_processor_lacks_are_unsupported_and_not_zero()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { Cycles = 0, Instructions = 0 });

        ProcessRecord process = TestCollector.Read(300, ProcessFields.Energy);

        Assert.Equal((ReadingStatus.Unsupported, ReadingStatus.Unsupported), (process.Cycles.Status, process.Instructions.Status));
        Assert.Equal(13ul, process.EnergyNanojoules.Value);
    }

    [Fact]
    public void A_struct_that_is_shorter_than_ours_is_a_failure_and_never_half_read()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core);
        system["pidinfo.short"] = 8;

        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal((ReadingStatus.Failed, ReadingStatus.Failed), (snapshot[0].UserTime.Status, snapshot[0].ImageVersion.Status));
    }

    [Fact]
    public void Nothing_without_an_error_is_a_failure_and_never_a_value()
    {
        using var system = new LookAlike { ["silent"] = 1 };
        system.Put(new HostProcess(300, "a"));
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core | ProcessFields.Label);

        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal((ReadingStatus.Failed, ReadingStatus.Failed), (snapshot[0].ResidentBytes.Status, snapshot[0].ImageVersion.Status));
        Assert.Equal(ReadingStatus.Failed, snapshot[0].Identity.Label.Status);
        Assert.Equal(ReadingStatus.Failed, snapshot[0].State.Status);
    }

    [Theory]
    [InlineData("fail.boot", Darwin.ENOENT)]
    [InlineData("boot.broken", 1)]
    public void Without_a_boot_id_keys_lack_it_and_a_gap_says_what_that_means(string setting, int value)
    {
        using var system = new LookAlike { [setting] = value };
        system.Put(HostProcess.Launchd);

        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal(Guid.Empty, snapshot.Boot);
        Assert.Contains("kern.bootsessionuuid", Assert.Single(snapshot.Gaps).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "system integrity protection is on")]
    [InlineData((int)Darwin.CSR_ALLOW_UNRESTRICTED_DTRACE, "system integrity protection lets pass: unrestricted DTrace")]
    public void The_ladder_says_what_is_not_seen_and_which_right_would_help(int allowed, string expected)
    {
        using var system = new LookAlike { ["csr"] = allowed };
        system.Put(HostProcess.Launchd);

        BackendStatus status = Assert.Single(new MacOSProcessLadder().Check());

        Assert.Equal((BackendState.Available, "sysctl(KERN_PROC_ALL)"), (status.State, status.Operation));
        Assert.Equal(Environment.IsPrivilegedProcess ? [] : ["root"], status.MissingRights);
        Assert.Contains(expected, status.Reason, StringComparison.Ordinal);
    }
}
