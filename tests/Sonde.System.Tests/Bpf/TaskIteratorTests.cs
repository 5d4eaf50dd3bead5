using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sonde.Interop.Linux.Bpf;
using Sonde.Testing;

namespace Sonde.System.Tests.Bpf;

/// <summary>What the iterator says about the processes of this machine against /proc.</summary>
public sealed class TaskIteratorTests
{
    private const long NanosecondsPerTick = 10_000_000; // USER_HZ is 100 on x64 and arm64

    [Fact]
    public void Every_group_of_fields_is_there_on_this_kernel()
    {
        using TaskIterator tasks = Open(TaskFields.All);

        Assert.Empty(tasks.Missing);
        Assert.Equal(TaskFields.All, tasks.Available);
    }

    [Fact]
    public void Its_processes_are_those_of_proc()
    {
        using TaskIterator tasks = Open(TaskFields.EveryCycle);

        HashSet<int> before = Pids();
        HashSet<int> handed = [.. PidIterator.Read()];
        int[] seen = [.. tasks.Read().ToArray().Select(task => task.Usage.Pid)];
        HashSet<int> after = Pids();

        // A kernel may keep processes from iterators that /proc shows: a program of five instructions that filters nothing tells which those are.
        HashSet<int> withheld = [.. before.Intersect(after).Except(handed)];
        Assert.InRange(withheld.Count, 0, 1);
        Assert.Empty(before.Intersect(after).Except(seen).Except(withheld));
        Assert.Empty(seen.Except(before.Union(after)));
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(seen.Distinct(), seen);
    }

    [Fact]
    public void Fields_that_do_not_change_are_those_of_proc_for_every_process()
    {
        using TaskIterator tasks = Open(TaskFields.All);
        int compared = 0;
        foreach (TaskRecord task in tasks.Read().ToArray())
        {
            if (ProcStat.TryRead(task.Usage.Pid) is not { } stat || (long)task.StartBootNanoseconds / NanosecondsPerTick != stat.Start)
            {
                continue; // gone, or another one by now: Its_start_is_that_of_proc counts those
            }

            Assert.Equal(
                (stat.ParentPid, stat.Group, stat.Session, stat.Terminal, stat.Flags, stat.Nice, stat.Priority, stat.RealTimePriority, stat.Policy),
                (task.ParentPid, task.ProcessGroupId, task.SessionId, task.TerminalDevice, task.Usage.Flags & ~0x40u, task.StaticPriority - 120, task.Priority - 100, (int)task.RealTimePriority, (int)task.Policy));

            // /proc adds to the names of kernel workers what they are at.
            string name = Encoding.Latin1.GetString(task.NameBytes);
            Assert.True(stat.Name == name || (task.IsKernelThread && stat.Name.StartsWith(name, StringComparison.Ordinal)), $"{stat.Name} is {name}");
            compared++;
        }

        Assert.InRange(compared, 10, int.MaxValue);
    }

    [Fact]
    public void Its_start_is_that_of_proc()
    {
        using TaskIterator tasks = Open(TaskFields.Core);
        using var child = new SleepingChild();

        TaskRecord task = Find(tasks, child.Pid);

        Assert.Equal(ProcStat.Read(child.Pid).Start, (long)task.StartBootNanoseconds / NanosecondsPerTick);
        Assert.Equal(ProcStat.Read(Environment.ProcessId).Start, (long)task.ParentStartBootNanoseconds / NanosecondsPerTick);
    }

    [Fact]
    public void A_sleeping_process_agrees_with_proc_in_every_field()
    {
        using TaskIterator tasks = Open(TaskFields.All);
        using var child = new SleepingChild();
        string status = File.ReadAllText($"/proc/{child.Pid}/status");
        string io = File.ReadAllText($"/proc/{child.Pid}/io");
        ProcStat stat = ProcStat.Read(child.Pid);

        TaskRecord task = Find(tasks, child.Pid);

        Assert.Equal('S', task.GetState());
        Assert.Equal(stat.Resident, task.ResidentPages);
        Assert.Equal(stat.VirtualBytes, (long)task.VirtualPages * Environment.SystemPageSize);
        Assert.Equal(stat.MinorFaults, (long)task.Usage.MinorFaults);
        Assert.Equal(stat.MajorFaults, (long)task.Usage.MajorFaults);
        Assert.Equal(stat.Threads, task.Threads);
        (ulong user, ulong system) = task.GetCpuTime();
        Assert.Equal(stat.UserTicks, (long)user / NanosecondsPerTick);
        Assert.Equal(stat.SystemTicks, (long)system / NanosecondsPerTick);
        Assert.Equal<uint[]>(Words(status, "Uid:"), [task.RealUserId, task.EffectiveUserId, task.SavedUserId, task.FileSystemUserId]);
        Assert.Equal<uint[]>(Words(status, "Gid:"), [task.RealGroupId, task.EffectiveGroupId, task.SavedGroupId, task.FileSystemGroupId]);
        Assert.Equal(Word(status, "CapEff:", NumberStyles.HexNumber), task.EffectiveCapabilities);
        Assert.Equal(Word(status, "CapPrm:", NumberStyles.HexNumber), task.PermittedCapabilities);
        Assert.Equal(Word(status, "CapInh:", NumberStyles.HexNumber), task.InheritableCapabilities);
        Assert.Equal(Word(status, "CapBnd:", NumberStyles.HexNumber), task.BoundingCapabilities);
        Assert.Equal(Word(status, "CapAmb:", NumberStyles.HexNumber), task.AmbientCapabilities);
        Assert.Equal(Word(status, "Seccomp:"), (ulong)task.SeccompMode);
        Assert.Equal(Word(status, "NoNewPrivs:"), task.AtomicFlags & 1);
        Assert.Equal(Word(status, "voluntary_ctxt_switches:"), task.VoluntarySwitches);
        Assert.Equal(Word(status, "nonvoluntary_ctxt_switches:"), task.InvoluntarySwitches);
        Assert.Equal(Word(io, "rchar:"), task.Usage.ReadCallBytes);
        Assert.Equal(Word(io, "wchar:"), task.Usage.WriteCallBytes);
        Assert.Equal(Word(io, "syscr:"), task.Usage.ReadCalls);
        Assert.Equal(Word(io, "syscw:"), task.Usage.WriteCalls);
        Assert.Equal(Word(io, "read_bytes:"), task.Usage.StorageReadBytes);
        Assert.Equal(Word(io, "write_bytes:"), task.Usage.StorageWriteBytes);
        Assert.Equal(uint.Parse(File.ReadAllText($"/proc/{child.Pid}/loginuid"), CultureInfo.InvariantCulture), task.LoginUserId);
        Assert.Equal(int.Parse(File.ReadAllText($"/proc/{child.Pid}/oom_score_adj"), CultureInfo.InvariantCulture), task.OutOfMemoryAdjustment);
        Assert.Equal(
            [Namespace(child.Pid, "cgroup"), Namespace(child.Pid, "ipc"), Namespace(child.Pid, "mnt"), Namespace(child.Pid, "net"), Namespace(child.Pid, "pid_for_children"), Namespace(child.Pid, "time"), Namespace(child.Pid, "user"), Namespace(child.Pid, "uts")],
            [task.CgroupNamespace, task.IpcNamespace, task.MountNamespace, task.NetworkNamespace, task.ChildPidNamespace, task.TimeNamespace, task.UserNamespace, task.UtsNamespace]);
        string[] image = ChildProcess.MustShell($"stat -L -c '%i %h %Hd %Ld' /proc/{child.Pid}/exe").Split(' ', StringSplitOptions.TrimEntries);
        Assert.Equal(
            image,
            new[] { task.ImageInode, task.ImageLinks, task.ImageDevice >> 20, task.ImageDevice & 0xFFFFF }.Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Threads_are_added_to_their_process_those_that_ended_too()
    {
        using TaskIterator tasks = Open(TaskFields.All);
        var ended = new Thread(() =>
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(700))
            {
            }
        });
        ended.Name = "sonde-ended";
        ended.Start();
        ended.Join();

        // The kernel's thread ends a moment after the runtime's.
        Assert.True(SpinWait.SpinUntil(() => !ThreadNames().Contains("sonde-ended"), TimeSpan.FromSeconds(10)));

        TaskRecord self = Find(tasks, Environment.ProcessId);
        ProcStat stat = ProcStat.Read(Environment.ProcessId);

        Assert.InRange(self.Threads, 3, 200); // the runtime has some of its own
        Assert.InRange(tasks.Threads, self.Threads - 1, int.MaxValue);
        (ulong user, ulong system) = self.GetCpuTime();
        Assert.InRange(stat.UserTicks + stat.SystemTicks - ((long)(user + system) / NanosecondsPerTick), -1, 20);
        Assert.InRange(stat.MinorFaults - (long)self.Usage.MinorFaults, 0, 2000);
        Assert.InRange(tasks.Orphans, 0, tasks.Threads); // of processes that were born behind the walk's back
    }

    [Fact]
    public void A_stopped_process_and_a_kernel_thread_are_told_by_their_state()
    {
        using TaskIterator tasks = Open(TaskFields.All);
        using var stopped = new SleepingChild();
        ChildProcess.MustShell($"kill -STOP {stopped.Pid}");
        Assert.True(SpinWait.SpinUntil(() => ProcStat.Read(stopped.Pid).Rest[0] == "T", TimeSpan.FromSeconds(10)));

        TaskRecord[] all = tasks.Read().ToArray();

        Assert.Equal('T', all.Single(task => task.Usage.Pid == stopped.Pid).GetState());
        TaskRecord kthreadd = all.Single(task => task.Usage.Pid == 2);
        Assert.True(kthreadd.IsKernelThread);
        Assert.Equal((0L, 0UL, 0UL), (kthreadd.ResidentPages, kthreadd.VirtualPages, kthreadd.ImageInode));
        ChildProcess.MustShell($"kill -CONT {stopped.Pid}");
    }

    [Fact]
    public void A_name_of_any_bytes_and_another_program_in_the_same_process_are_seen()
    {
        using TaskIterator tasks = Open(TaskFields.EveryCycle);
        using var child = new SleepingChild(") R 1");

        TaskRecord before = Find(tasks, child.Pid);

        Assert.Equal(") R 1"u8, before.NameBytes);
        Assert.Equal(ProcStat.Read(child.Pid).Name, Encoding.Latin1.GetString(before.NameBytes));
        Assert.InRange(before.Executions - Find(tasks, Environment.ProcessId).Executions, 1UL, 10UL); // counted on from the parent's
    }

    [Fact]
    public void A_zombie_is_told_by_its_state()
    {
        using TaskIterator tasks = Open(TaskFields.Core);
        using var shell = new SleepingChild("sonde-zombie", "sh", "-c", "true & exec sleep 60"); // sleep never asks for its child

        TaskRecord zombie = tasks.Read().ToArray().First(task => task.ParentPid == shell.Pid);

        Assert.Equal('Z', zombie.GetState());
        Assert.Equal(0, zombie.ExitCode);
    }

    [Fact]
    public void Reading_again_allocates_nothing()
    {
        using TaskIterator tasks = Open(TaskFields.All);
        tasks.Read();
        tasks.Read();

        AllocationWatch allocations = AllocationWatch.Start();
        for (int i = 0; i < 10; i++)
        {
            tasks.Read();
        }

        Assert.Equal(0, allocations.Allocated);
    }

    [Fact]
    public void A_group_that_is_not_asked_for_is_not_read()
    {
        using TaskIterator tasks = Open(TaskFields.Core);

        TaskRecord self = Find(tasks, Environment.ProcessId);

        Assert.Equal(TaskFields.Core, tasks.Available);
        Assert.Equal((0L, 0UL, 0UL, 0UL), (self.ResidentPages, self.Usage.ReadCalls, self.EffectiveCapabilities, self.ImageInode));
        Assert.NotEqual(0UL, self.StartBootNanoseconds);
    }

    private static TaskIterator Open(TaskFields fields)
    {
        NeedsBpf.Check();
        TaskIterator? tasks = TaskIterator.TryOpen(fields, out string reason);
        Assert.True(tasks is not null, reason);
        return tasks;
    }

    private static TaskRecord Find(TaskIterator tasks, int pid)
    {
        foreach (ref readonly TaskRecord task in tasks.Read())
        {
            if (task.Usage.Pid == pid)
            {
                return task;
            }
        }

        throw new InvalidOperationException($"{pid} is not there");
    }

    private static HashSet<int> Pids() =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))];

    private static List<string> ThreadNames()
    {
        var names = new List<string>();
        foreach (string thread in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                names.Add(File.ReadAllText(thread + "/comm").TrimEnd());
            }
            catch (IOException)
            {
                continue; // it ended
            }
        }

        return names;
    }

    private static uint Namespace(int pid, string name)
    {
        string target = new FileInfo($"/proc/{pid}/ns/{name}").LinkTarget!; // a link, always
        return uint.Parse(target.AsSpan(target.IndexOf('[', StringComparison.Ordinal) + 1).TrimEnd(']'), CultureInfo.InvariantCulture);
    }

    private static uint[] Words(string text, string key) =>
        [.. Line(text, key).Split('\t', StringSplitOptions.RemoveEmptyEntries).Select(word => uint.Parse(word, CultureInfo.InvariantCulture))];

    private static ulong Word(string text, string key, NumberStyles style = NumberStyles.None) =>
        ulong.Parse(Line(text, key).Trim(), style, CultureInfo.InvariantCulture);

    private static string Line(string text, string key) => text.Split('\n').Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..];
}
