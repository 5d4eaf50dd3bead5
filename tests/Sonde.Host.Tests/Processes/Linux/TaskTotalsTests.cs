using Sonde.Host.Processes.Linux;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Host.Tests.Processes.Linux;

public sealed class TaskTotalsTests
{
    [Fact]
    public void A_sum_that_lacks_a_thread_which_just_ended_stays_what_it_was()
    {
        var totals = new TaskTotals();
        Walk(totals, Task(7, start: 1, run: 1000, faults: 50), Task(9, start: 1, run: 10, faults: 1));

        TaskTotals.Entry[] second = Walk(totals, Task(7, start: 1, run: 900, faults: 40), Task(9, start: 1, run: 20, faults: 2));

        Assert.Equal((1000UL, 50UL), (second[0].User + second[0].System, second[0].MinorFaults));
        Assert.Equal((20UL, 2UL), (second[1].User + second[1].System, second[1].MinorFaults));
    }

    [Fact]
    public void An_id_that_is_used_again_begins_with_nothing()
    {
        var totals = new TaskTotals();
        Walk(totals, Task(7, start: 1, run: 1000, faults: 50));

        TaskTotals.Entry[] second = Walk(totals, Task(7, start: 2, run: 10, faults: 1));

        Assert.Equal((10UL, 1UL), (second[0].User + second[0].System, second[0].MinorFaults));
    }

    [Fact]
    public void Neither_part_of_the_time_goes_back_when_the_ticks_change_the_split()
    {
        var totals = new TaskTotals();
        TaskTotals.Entry[] first = Walk(totals, Task(7, start: 1, run: 1000, tickUser: 1, tickSystem: 1));
        TaskTotals.Entry[] second = Walk(totals, Task(7, start: 1, run: 1100, tickUser: 10, tickSystem: 1));
        TaskTotals.Entry[] third = Walk(totals, Task(7, start: 1, run: 1200, tickUser: 10, tickSystem: 100));

        Assert.Equal((500UL, 500UL), (first[0].User, first[0].System));
        Assert.Equal((600UL, 500UL), (second[0].User, second[0].System));
        Assert.Equal((600UL, 600UL), (third[0].User, third[0].System));
    }

    [Fact]
    public void The_same_process_with_the_same_program_is_told_from_others()
    {
        var totals = new TaskTotals();
        Walk(totals, Task(3, start: 5), Task(7, start: 5), Task(8, start: 5));

        Assert.True(totals.IsSame(Task(7, start: 5)));
        Assert.False(totals.IsSame(Task(7, start: 6)));
        Assert.False(totals.IsSame(Task(7, start: 5) with { Executions = 1 }));
        Assert.False(totals.IsSame(Task(6, start: 5)));
    }

    [Fact]
    public void Processes_that_come_and_go_between_walks_keep_their_own_sums()
    {
        var random = new Random(20261121);
        var totals = new TaskTotals();
        var told = new Dictionary<(int, ulong), ulong>();
        for (int round = 0; round < 300; round++)
        {
            TaskRecord[] tasks = [.. Enumerable.Range(1, 60).Where(_ => random.Next(3) > 0).Select(pid => Task(pid, start: (ulong)random.Next(2), run: (ulong)random.Next(1000)))];
            TaskTotals.Entry[] now = Walk(totals, tasks);
            var next = new Dictionary<(int, ulong), ulong>();
            for (int at = 0; at < tasks.Length; at++)
            {
                (int, ulong) key = (now[at].Pid, now[at].Start);
                ulong expected = Math.Max(tasks[at].Usage.RunNanoseconds, told.GetValueOrDefault(key));
                Assert.Equal(expected, now[at].User + now[at].System);
                next[key] = expected;
            }

            told = next;
        }
    }

    private static TaskRecord Task(int pid, ulong start, ulong run = 0, ulong faults = 0, ulong tickUser = 1, ulong tickSystem = 1) => new()
    {
        StartBootNanoseconds = start,
        Usage = new TaskUsage { Pid = pid, ThreadGroupId = pid, RunNanoseconds = run, TickUserNanoseconds = tickUser, TickSystemNanoseconds = tickSystem, MinorFaults = faults },
    };

    private static TaskTotals.Entry[] Walk(TaskTotals totals, params TaskRecord[] tasks)
    {
        var told = new TaskTotals.Entry[tasks.Length];
        totals.Begin(tasks.Length);
        for (int at = 0; at < tasks.Length; at++)
        {
            told[at] = totals.Keep(tasks[at]);
        }

        totals.End();
        return told;
    }
}
