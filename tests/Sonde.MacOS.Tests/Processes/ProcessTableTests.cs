using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Interop.MacOS;
using Sonde.Testing;

namespace Sonde.MacOS.Tests.Processes;

/// <summary>The every-cycle tier: KERN_PROC_ALL, the never-reused id, and what libproc tells of one's own processes.</summary>
public sealed class ProcessTableTests
{
    [Fact]
    public void A_process_is_read_with_all_that_the_table_and_libproc_say()
    {
        using var system = new LookAlike();
        system.Put(HostProcess.Launchd);
        system.Put(new HostProcess(300, "mds_stores")
        {
            User = 501,
            Group = 299,
            Session = 298,
            Nice = -5,
            Terminal = 0x10000002,
            Threads = 4,
            Running = 1,
            Priority = 37,
            UserTicks = 24_000_000,
            SystemTicks = 2_400_000,
            Resident = 5_000_000,
            Virtual = 400_000_000_000,
            Faults = 1000,
            Pageins = 30,
            Footprint = 6_000_000,
            Wired = 4096,
            DiskRead = 111,
            DiskWritten = 222,
            Cycles = 333,
            Instructions = 444,
            Energy = 555,
            Wakeups = 66,
            Descriptors = 17,
            ImageVersion = 4711,
            UniqueId = 9_000_000_000,
        });

        ProcessRecord process = TestCollector.Read(300, ProcessFields.EveryCycle);

        Assert.Equal((300, "mds_stores"), (process.Pid, process.Name));
        Assert.Equal(new ProcessKey(Guid.Parse("3F2A9C61-0B1D-4E5F-8A7B-6C5D4E3F2A1B"), 300, 9_000_000_000), process.Key);
        Assert.Equal((1, 299, 298), (process.ParentPid.Value, process.ProcessGroup.Value, process.Session.Value));
        Assert.Equal(2ul, process.Parent.Value.Start);
        Assert.Equal((-5, 37, 4), (process.Nice.Value, process.Priority.Value, process.Threads.Value));
        Assert.Equal(0x10000002u, process.Terminal.Value);
        Assert.Equal((ProcessState.Running, false), (process.State.Value, process.IsKernel.Value));
        Assert.Equal(new DateTimeOffset(2023, 11, 14, 22, 13, 20, TimeSpan.Zero).AddTicks(3000), process.StartTime.Value);
        Assert.Equal(4711u, process.ImageVersion.Value);

        // 24,000,000 ticks of 125/3 ns are a second on Apple silicon.
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100)), (process.UserTime.Value, process.KernelTime.Value));
        Assert.Equal((5_000_000, 400_000_000_000, 6_000_000, 4096), (process.ResidentBytes.Value, process.VirtualBytes.Value, process.FootprintBytes.Value, process.LockedBytes.Value));
        Assert.Equal((970ul, 30ul), (process.MinorFaults.Value, process.MajorFaults.Value));
        Assert.Equal((111ul, 222ul), (process.DiskReadBytes.Value, process.DiskWriteBytes.Value));
        Assert.Equal((333ul, 444ul, 555ul, 66ul), (process.Cycles.Value, process.Instructions.Value, process.EnergyNanojoules.Value, process.Wakeups.Value));
        Assert.Equal(17, process.Handles.Value);
        Assert.Equal(ReadingStatus.None, process.Tracer.Status);
    }

    [Fact]
    public void What_macOS_does_not_have_is_unsupported_and_says_why()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));

        ProcessRecord process = TestCollector.Read(300, ProcessFields.EveryCycle);

        Assert.Equal((ReadingStatus.Unsupported, "macOS counts voluntary and forced switches together"), (process.VoluntarySwitches.Status, process.VoluntarySwitches.Reason));
        foreach (ReadingStatus status in (ReadOnlySpan<ReadingStatus>)
            [
                process.PrivateBytes.Status, process.SharedBytes.Status, process.SwapBytes.Status, process.PeakResidentBytes.Status, process.ReadBytes.Status,
                process.Policy.Status, process.Processor.Status, process.TerminalSession.Status,
            ])
        {
            Assert.Equal(ReadingStatus.Unsupported, status);
        }
    }

    [Fact]
    public void A_process_that_has_ended_is_listed_without_what_it_had()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "zombie") { State = HostProcess.Ended });

        ProcessRecord process = TestCollector.Read(300, ProcessFields.EveryCycle);

        Assert.Equal(ProcessState.Zombie, process.State.Value);
        Assert.Equal((1300ul, ReadingStatus.None), (process.Key.Start, process.UserTime.Status));
        Assert.Equal((ReadingStatus.None, ReadingStatus.None), (process.Handles.Status, process.Session.Status));
    }

    [Theory]
    [InlineData(HostProcess.Alive, 0, 0, ProcessState.Sleeping)]
    [InlineData(HostProcess.Alive, 0, 2, ProcessState.Running)]
    [InlineData(1, 0, 0, ProcessState.Starting)]
    [InlineData(3, 0, 0, ProcessState.Sleeping)]
    [InlineData(4, 0, 0, ProcessState.Stopped)]
    [InlineData(4, Darwin.P_TRACED, 0, ProcessState.Traced)]
    [InlineData(HostProcess.Alive, Darwin.P_WEXIT, 1, ProcessState.Dead)]
    [InlineData(99, 0, 1, ProcessState.Unknown)]
    public void A_state_is_what_the_table_says_and_what_the_threads_do(int stat, int flags, int running, ProcessState expected)
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { State = stat, Flags = flags, Running = running });

        Assert.Equal(expected, TestCollector.Read(300, ProcessFields.Core).State.Value);
    }

    [Fact]
    public void A_traced_process_says_so_although_nobody_knows_by_whom()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { Flags = Darwin.P_TRACED });

        Assert.Equal(0, TestCollector.Read(300, ProcessFields.Tracer).Tracer.Value);
    }

    [Theory]
    [InlineData(0x10000002, 0, "ttys002")]
    [InlineData(0x02000003, 0, "2:3")]
    [InlineData(0x10000002, 1, "16:2")]
    public void A_terminal_is_named_by_the_system_or_by_its_numbers(int device, int isNameless, string expected)
    {
        using var system = new LookAlike { ["devname.null"] = isNameless };
        system.Put(new HostProcess(300, "a") { Terminal = device });
        system.Put(new HostProcess(301, "b") { Terminal = device });
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core);

        using ProcessSnapshot snapshot = collector.Collect();

        Assert.All(snapshot, process => Assert.Equal(expected, process.TerminalName.Value));
        Assert.Equal(1, system["devname"]);
    }

    [Fact]
    public void A_process_without_a_terminal_has_no_name_of_one()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));

        Assert.Equal((ReadingStatus.None, "it has no terminal"), (TestCollector.Read(300, ProcessFields.Core).TerminalName.Status, TestCollector.Read(300, ProcessFields.Core).TerminalName.Reason));
    }

    [Fact]
    public void A_process_with_an_id_that_another_had_has_another_key_and_no_rate()
    {
        using var system = new LookAlike();
        var time = new SteppedTime();
        system.Put(new HostProcess(300, "first") { UserTicks = 24_000_000 });
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core, time);
        using ProcessSnapshot before = collector.Collect();
        system.Put(new HostProcess(300, "first") { UserTicks = 48_000_000, UniqueId = 5000, Start = 1_800_000_000_000_000 });
        time.Advance(TimeSpan.FromSeconds(1));

        using ProcessSnapshot after = collector.Collect();

        Assert.Equal((1300ul, 5000ul), (before[0].Key.Start, after[0].Key.Start));
        Assert.Equal(ReadingStatus.NotCollected, after[0].CpuPercent.Status);
    }

    [Theory]
    [InlineData(125, 3, 24_000_000)]
    [InlineData(1, 1, 1_000_000_000)]
    public void Processor_use_is_counted_in_Mach_ticks_over_measured_time(int numer, int denom, long ticksPerSecond)
    {
        using var system = new LookAlike { ["timebase.numer"] = numer, ["timebase.denom"] = denom };
        var time = new SteppedTime();
        system.Put(new HostProcess(300, "a"));
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core, time);
        using ProcessSnapshot before = collector.Collect();
        system.Put(new HostProcess(300, "a") { UserTicks = ticksPerSecond * 3 / 2, SystemTicks = ticksPerSecond / 2 });
        time.Advance(TimeSpan.FromSeconds(4));

        using ProcessSnapshot after = collector.Collect();

        Assert.Equal(50.0, after[0].CpuPercent.Value, 6);
    }

    [Fact]
    public void Parents_are_told_by_the_order_of_starts_whatever_was_done_to_the_clock()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "parent") { UniqueId = 50, Start = 1_800_000_000_000_000 });
        system.Put(new HostProcess(301, "child") { Parent = 300, UniqueId = 51, Start = 1_700_000_000_000_000 });
        system.Put(new HostProcess(302, "orphan") { Parent = 303, UniqueId = 52 });
        system.Put(new HostProcess(303, "younger") { UniqueId = 53 });

        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal(50ul, snapshot.Find(301)!.Parent.Value.Start); // put above
        Assert.Equal(ReadingStatus.None, snapshot.Find(302)!.Parent.Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1024)] // as many as the first buffer holds
    [InlineData(5000)]
    public void Descriptors_are_counted_however_many_there_are(int count)
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { Descriptors = count });

        Assert.Equal(count, TestCollector.Read(300, ProcessFields.Handles).Handles.Value);
    }

    [Fact]
    public void Names_are_bytes_of_at_most_sixteen_and_never_more()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, string.Empty) { NameAsBytes = [.. "abcdefghijklmnopqr"u8] });
        system.Put(new HostProcess(301, string.Empty) { NameAsBytes = [(byte)'a', 0xFF, (byte)'\n', 0xC3, 0xA4] });

        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal("abcdefghijklmnop", snapshot.Find(300)!.Name); // put above
        Assert.Equal("a\\xff\nä", snapshot.Find(301)!.Name);
    }

    [Fact]
    public void The_kernel_itself_is_told_by_its_id()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(0, "kernel_task") { Parent = 0, UniqueId = 1 });
        system.Put(HostProcess.Launchd);

        using ProcessCollector collector = TestCollector.Open(ProcessFields.Core);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal([true, false], snapshot.Select(process => process.IsKernel.Value));
        Assert.Equal(ReadingStatus.None, snapshot[0].Parent.Status);
        Assert.Equal(1ul, snapshot[1].Parent.Value.Start);
    }

    [Fact]
    public void A_cycle_in_which_nothing_starts_allocates_nothing()
    {
        using var system = new LookAlike { ["as.uid"] = 501 };
        for (int pid = 1; pid <= 200; pid++)
        {
            system.Put(new HostProcess(pid, $"process {pid}") { User = pid % 2 == 0 ? 501u : 0 });
        }

        using ProcessCollector collector = TestCollector.Open(ProcessFields.Standard);
        long allocated = long.MaxValue;

        // The runtime compiles in steps, and compiling a step may allocate once.
        for (int cycle = 0; cycle < 50 && allocated > 0; cycle++)
        {
            AllocationWatch allocations = AllocationWatch.Start();
            collector.Collect().Dispose();
            allocated = allocations.Allocated;
        }

        Assert.Equal(0, allocated);
    }
}
