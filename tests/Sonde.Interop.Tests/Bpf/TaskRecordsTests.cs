using System.Runtime.InteropServices;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Interop.Tests.Bpf;

public sealed class TaskRecordsTests
{
    [Fact]
    public void Threads_are_added_to_their_process_whichever_comes_first()
    {
        var records = new TaskRecords();
        records.Take([.. Thread(5, 20, run: 7), .. Process(10, run: 100), .. Thread(11, 10, run: 1), .. Process(20, run: 200), .. Thread(21, 10, run: 2), .. Thread(22, 99, run: 3)]);
        records.Finish();

        Assert.Equal([(10, 103UL), (20, 207UL)], records.Processes.ToArray().Select(task => (task.Usage.Pid, task.Usage.RunNanoseconds)));
        Assert.Equal((4, 1, 0L), (records.Threads, records.Orphans, records.Unreadable));
    }

    [Fact]
    public void A_second_walk_begins_with_nothing()
    {
        var records = new TaskRecords();
        records.Take([.. Process(10), .. Thread(3, 30)]);
        records.Clear();
        records.Take(Process(30));
        records.Finish();

        Assert.Equal(0UL, Assert.Single(records.Processes.ToArray()).Usage.RunNanoseconds);
        Assert.Equal((0, 0), (records.Threads, records.Orphans));
    }

    [Fact]
    public void Bytes_that_are_no_record_and_pids_out_of_order_are_counted()
    {
        var records = new TaskRecords();
        records.Take([.. Process(10), .. Process(10), 1, 2, 3]);
        records.Take([.. Process(20), 9, 9, 9, 9, 9]);

        Assert.Equal(2, records.Processes.Length);
        Assert.Equal(NativeStruct.SizeOf<TaskRecord>() + 3 + 5, records.Unreadable);
    }

    [Fact]
    public void Mutated_streams_neither_throw_nor_run_on()
    {
        byte[] sample = [.. Process(1), .. Thread(2, 1), .. Process(3), .. Process(4), .. Thread(5, 4)];
        var random = new Random(20261121);
        var records = new TaskRecords();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. sample];
            for (int change = 0; change < 4; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            records.Clear();
            records.Take(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            records.Finish();
            Assert.InRange(records.Processes.Length, 0, 3);
        }
    }

    // include/linux/sched.h: RUNNING 0, INTERRUPTIBLE 1, UNINTERRUPTIBLE 2, STOPPED 4, TRACED 8, EXIT_DEAD 16, EXIT_ZOMBIE 32, PARKED 64.
    [Theory]
    [InlineData(0, 0, 'R')]
    [InlineData(1, 0, 'S')]
    [InlineData(2, 0, 'D')]
    [InlineData(0x102, 0, 'D')]
    [InlineData(4, 0, 'T')]
    [InlineData(8, 0, 't')]
    [InlineData(0x80, 32, 'Z')]
    [InlineData(0x80, 16, 'X')]
    [InlineData(64, 0, 'P')]
    [InlineData(0x402, 0, 'I')]
    [InlineData(0x1000, 0, 'D')]
    [InlineData(0x8000, 0, 'D')]
    [InlineData(0x2000, 0, 'R')]
    public void States_have_the_letters_of_ps(uint state, uint exitState, char letter) => Assert.Equal(letter, TaskRecord.StateLetter(state, exitState));

    [Theory]
    [InlineData(1000, 0, 0, 1000, 0)]
    [InlineData(1000, 30, 0, 1000, 0)]
    [InlineData(1000, 0, 30, 0, 1000)]
    [InlineData(1000, 30, 10, 750, 250)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 9223372036854775808, 9223372036854775807)]
    public void Exact_time_is_split_as_the_ticks_saw_it(ulong run, ulong tickUser, ulong tickSystem, ulong user, ulong system) =>
        Assert.Equal((user, system), TaskRecord.SplitRunTime(run, tickUser, tickSystem));

    // fs/proc/array.c: new_encode_dev(tty_devnum).
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(4, 64, 0, 0x0440)]
    [InlineData(136, 0, 3, 0x8803)]
    [InlineData(136, 0, 300, 0x10882C)]
    public void A_terminal_has_the_number_of_proc(int major, int start, int index, int device) =>
        Assert.Equal(device, new TaskRecord { TerminalMajor = major, TerminalMinorStart = start, TerminalIndex = index }.TerminalDevice);

    private static byte[] Process(int pid, ulong run = 0)
    {
        var record = new TaskRecord { Usage = new TaskUsage { Kind = TaskRecords.Process, Pid = pid, ThreadGroupId = pid, RunNanoseconds = run } };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<TaskRecord>(in record)).ToArray();
    }

    private static byte[] Thread(int id, int pid, ulong run = 0)
    {
        var usage = new TaskUsage { Kind = TaskRecords.Thread, Pid = id, ThreadGroupId = pid, RunNanoseconds = run };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<TaskUsage>(in usage)).ToArray();
    }
}
