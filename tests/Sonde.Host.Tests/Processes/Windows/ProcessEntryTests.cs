using Sonde.Host.Processes;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Windows;
using Sonde.Interop.Windows;
using Sonde.Testing;

namespace Sonde.Host.Tests.Processes.Windows;

/// <summary>The parser of the system's list of processes, over bytes as Windows writes them and as nobody should.</summary>
public sealed class ProcessEntryTests
{
    private const uint Running = 2;
    private const uint Waiting = 5;
    private const uint Suspended = 5;

    private static ListAnswer Usual() => new ListAnswer()
        .Add(0, null, threads: [new SYSTEM_THREAD_INFORMATION { ThreadState = Running }])
        .Add(4, "System", new SYSTEM_PROCESS_INFORMATION { CreateTime = 10 }, new SYSTEM_PROCESS_INFORMATION_EXTENSION { Flags = 1 << 1, ProcessSequenceNumber = 2 }, Thread(Waiting, 0))
        .Add(
            1234,
            "notepad.exe",
            new SYSTEM_PROCESS_INFORMATION
            {
                CreateTime = 133_000_000_000_000_000,
                UserTime = 7,
                KernelTime = 9,
                CycleTime = 11,
                BasePriority = 8,
                InheritedFromUniqueProcessId = 4,
                HandleCount = 12,
                SessionId = 3,
                WorkingSetSize = 1000,
                WorkingSetPrivateSize = 600,
                PrivatePageCount = 2000,
                VirtualSize = 3000,
                PeakWorkingSetSize = 1100,
                PeakVirtualSize = 3300,
                PageFaultCount = 50,
                HardFaultCount = 20,
                ReadOperationCount = 1,
                WriteOperationCount = 2,
                OtherOperationCount = 3,
                ReadTransferCount = 4,
                WriteTransferCount = 5,
                OtherTransferCount = 6,
            },
            new SYSTEM_PROCESS_INFORMATION_EXTENSION
            {
                DiskCounters = new PROCESS_DISK_COUNTERS { BytesRead = 70, BytesWritten = 80 },
                SharedCommitCharge = 90,
                JobObjectId = 5,
                ProcessSequenceNumber = 400,
            },
            Thread(Waiting, 0),
            Thread(Running, 0));

    [Fact]
    public void Every_process_is_found_by_its_id()
    {
        var offsets = new Dictionary<int, int>();

        int damaged = ProcessIndex.Fill(Usual().Answer, offsets);

        Assert.Equal(0, damaged);
        Assert.Equal([0, 4, 1234], offsets.Keys);
    }

    [Fact]
    public void Head_extension_threads_and_name_are_read()
    {
        ProcessEntry entry = Read(Usual(), 1234);

        Assert.Equal("notepad.exe", entry.Name);
        Assert.Equal(2, entry.ThreadCount);
        Assert.Equal(Running, entry.Thread(1).ThreadState);
        Assert.True(entry.HasExtension);
        Assert.Equal(5u, entry.Extension.JobObjectId);
        Assert.False(entry.IsDamaged);
    }

    [Fact]
    public void A_sample_holds_what_the_list_says()
    {
        ProcessSample sample = default;

        WindowsSamples.Fill(Read(Usual(), 1234), ref sample);

        Assert.Equal((1234, 4, 400UL, 400UL), (sample.Pid, sample.ParentPid, sample.Start, sample.StartOrder));
        Assert.Equal(DateTime.FromFileTimeUtc(133_000_000_000_000_000).Ticks, sample.StartTimeTicks);
        Assert.Equal((7L, 9L, 11UL), (sample.UserTime, sample.KernelTime, sample.Cycles));
        Assert.Equal((1000L, 2000L, 400L, 3000L, 1100L, 3300L, 90L), (sample.Resident, sample.Private, sample.Shared, sample.Virtual, sample.PeakResident, sample.PeakVirtual, sample.Footprint));
        Assert.Equal((30UL, 20UL), (sample.MinorFaults, sample.MajorFaults));
        Assert.Equal((2, 12, 8, 3u), (sample.Threads, sample.Handles, sample.Priority, sample.TerminalSession));
        Assert.Equal((1UL, 2UL, 3UL, 4UL, 5UL, 6UL), (sample.ReadOperations, sample.WriteOperations, sample.OtherOperations, sample.ReadBytes, sample.WriteBytes, sample.OtherBytes));
        Assert.Equal((70UL, 80UL), (sample.DiskRead, sample.DiskWrite));
        Assert.Equal(ProcessState.Running, sample.State);
        Assert.False(sample.IsKernel);
        Assert.Equal(ReadingStatus.Ok, sample.Statuses.Of(SampleFields.DiskRead));
        Assert.Equal(ReadingStatus.Unsupported, sample.Statuses.Of(SampleFields.Nice));
    }

    [Fact]
    public void The_system_itself_is_known_by_its_classification_and_its_two_ids_and_never_by_name()
    {
        ListAnswer list = Usual()
            .Add(100, "Registry", extension: new SYSTEM_PROCESS_INFORMATION_EXTENSION { Flags = 4 << 1 })
            .Add(104, "Registry")
            .Add(108, "Secure System", extension: new SYSTEM_PROCESS_INFORMATION_EXTENSION { Flags = 2 << 1 });

        Assert.Equal([true, true, true, false, true, false], new[] { 0, 4, 100, 104, 108, 1234 }.Select(pid => SampleOf(list, pid).IsKernel));
    }

    [Fact]
    public void Without_the_extension_the_creation_time_marks_the_start_and_disk_counters_say_why_they_are_not_there()
    {
        ListAnswer list = new ListAnswer { HasExtension = false }.Add(8, "a.exe", new SYSTEM_PROCESS_INFORMATION { CreateTime = 555 }, default, Thread(Waiting, 0));

        ProcessSample sample = SampleOf(list, 8);

        Assert.Equal((555UL, 555UL), (sample.Start, sample.StartOrder));
        Assert.Equal(ReadingStatus.Unsupported, sample.Statuses.Of(SampleFields.DiskRead));
        Assert.Contains("1709", WindowsReasons.Samples.Of(SampleFields.DiskRead, ReadingStatus.Unsupported));
    }

    [Fact]
    public void A_long_name_behind_the_threads_is_not_taken_for_the_extension()
    {
        ListAnswer list = new ListAnswer { HasExtension = false }.Add(8, new string('n', 255), new SYSTEM_PROCESS_INFORMATION { CreateTime = 555 }, default, Thread(Waiting, 0));

        Assert.False(Read(list, 8).HasExtension);
    }

    [Theory]
    [InlineData(new uint[] { 5, 5, 5, 5 }, ProcessState.Stopped)] // waiting because suspended, twice
    [InlineData(new uint[] { 5, 5, 5, 0 }, ProcessState.Sleeping)]
    [InlineData(new uint[] { 5, 5, 2, 0 }, ProcessState.Running)]
    [InlineData(new uint[] { 5, 12, 5, 5 }, ProcessState.Stopped)]
    [InlineData(new uint[] { 1, 0 }, ProcessState.Running)]
    [InlineData(new uint[] { 0, 0, 0, 0 }, ProcessState.Unknown)]
    [InlineData(new uint[] { 4, 0 }, ProcessState.Sleeping)]
    [InlineData(new uint[0], ProcessState.Dead)]
    public void The_state_follows_from_all_threads(uint[] statesAndReasons, ProcessState expected)
    {
        SYSTEM_THREAD_INFORMATION[] threads = [.. statesAndReasons.Chunk(2).Select(pair => Thread(pair[0], pair[1]))];

        Assert.Equal(expected, SampleOf(new ListAnswer().Add(8, "a.exe", threads: threads), 8).State);
    }

    [Fact]
    public void Counters_of_32_bits_that_wrapped_do_not_become_huge()
    {
        ListAnswer list = new ListAnswer().Add(8, "a", new SYSTEM_PROCESS_INFORMATION { PageFaultCount = 5, HardFaultCount = uint.MaxValue });

        Assert.Equal(6UL, SampleOf(list, 8).MinorFaults);
    }

    [Fact]
    public void A_creation_time_beyond_all_dates_does_not_throw()
    {
        ListAnswer list = new ListAnswer().Add(8, "a", new SYSTEM_PROCESS_INFORMATION { CreateTime = long.MaxValue }).Add(12, "b", new SYSTEM_PROCESS_INFORMATION { CreateTime = long.MinValue });

        Assert.Equal(DateTime.MaxValue.Ticks, SampleOf(list, 8).StartTimeTicks);
        Assert.Equal(1601, new DateTime(SampleOf(list, 12).StartTimeTicks).Year);
    }

    [Fact]
    public void A_name_that_points_into_another_process_is_not_taken()
    {
        ListAnswer list = Usual();
        int notepad = list.LastAt;
        list.Add(5678, "evil.exe");
        list.Set(list.LastAt, 0x40, (long)ListAnswer.Address + notepad + 256 + 160 + 368);

        ProcessEntry entry = Read(list, 5678);

        Assert.True(entry.Name.IsEmpty);
        Assert.True(entry.IsDamaged);
    }

    [Theory]
    [InlineData(0, 1u)] // next entry inside of this head
    [InlineData(0, 255u)]
    [InlineData(0, 0x7FFFFFFFu)]
    [InlineData(0, 0xFFFFFFFFu)]
    [InlineData(4, 0xFFFFFFFFu)] // four billion threads
    [InlineData(4, 40u)]
    [InlineData(0x38, 0xFFFFu)] // a name longer than the entry
    public void A_length_that_lies_makes_the_entry_damaged_and_nothing_else(int offset, uint value)
    {
        ListAnswer list = Usual();
        list.Set(list.LastAt, offset, value);
        var offsets = new Dictionary<int, int>();

        int damaged = ProcessIndex.Fill(list.Answer, offsets);

        Assert.Equal(1, damaged);
        Assert.Contains(4, offsets.Keys);
    }

    [Fact]
    public void A_list_cut_at_any_byte_gives_what_is_whole_and_counts_what_is_not()
    {
        byte[] whole = Usual().Bytes;
        var offsets = new Dictionary<int, int>();
        for (int length = 0; length < whole.Length; length++)
        {
            var cut = new AddressedBytes(whole.AsSpan(0, length), ListAnswer.Address);

            int damaged = ProcessIndex.Fill(cut, offsets);

            // The zero behind the last name is the one thing that nothing needs.
            Assert.True(damaged > 0 || length is 0 || length >= whole.Length - 2, $"{length} bytes pass as whole");
            foreach (int at in offsets.Values)
            {
                Assert.True(ProcessEntry.TryRead(cut, at, out ProcessEntry entry, out _));
                Touch(entry);
            }
        }
    }

    [Fact]
    public void Any_bytes_are_survived()
    {
        byte[] whole = Usual().Bytes;
        var offsets = new Dictionary<int, int>();
        var fuzz = new FuzzRun(3000);
        while (fuzz.Next())
        {
            var bytes = new AddressedBytes(fuzz.Mutate(whole), ListAnswer.Address);

            int damaged = ProcessIndex.Fill(bytes, offsets);

            Assert.InRange(damaged, 0, (bytes.Bytes.Length / 256) + 1);
            foreach (int at in offsets.Values)
            {
                Assert.True(ProcessEntry.TryRead(bytes, at, out ProcessEntry entry, out _), $"seed {fuzz.Seed} round {fuzz.Round}");
                Touch(entry);
            }
        }
    }

    [Fact]
    public void Reading_a_list_again_allocates_nothing()
    {
        byte[] whole = Usual().Bytes;
        var offsets = new Dictionary<int, int>();
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Round();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            var list = new AddressedBytes(whole, ListAnswer.Address);
            ProcessIndex.Fill(list, offsets);
            foreach (int at in offsets.Values)
            {
                ProcessEntry.TryRead(list, at, out ProcessEntry entry, out _);
                ProcessSample sample = default;
                WindowsSamples.Fill(entry, ref sample);
            }
        }
    }

    private static SYSTEM_THREAD_INFORMATION Thread(uint state, uint reason) => new() { ThreadState = state, WaitReason = reason };

    private static ProcessEntry Read(ListAnswer list, int pid)
    {
        var offsets = new Dictionary<int, int>();
        ProcessIndex.Fill(list.Answer, offsets);
        Assert.True(ProcessEntry.TryRead(list.Answer, offsets[pid], out ProcessEntry entry, out _));
        return entry;
    }

    private static ProcessSample SampleOf(ListAnswer list, int pid)
    {
        ProcessSample sample = default;
        WindowsSamples.Fill(Read(list, pid), ref sample);
        return sample;
    }

    // Everything that a reader of an entry may look at.
    private static void Touch(in ProcessEntry entry)
    {
        ProcessSample sample = default;
        WindowsSamples.Fill(entry, ref sample);
        _ = entry.Name.ToString();
        for (int i = 0; i < entry.ThreadCount; i++)
        {
            _ = entry.Thread(i);
        }
    }
}
