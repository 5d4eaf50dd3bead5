using System.Globalization;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>The collector against ps and /proc of the running kernel, whichever engine reads.</summary>
public abstract class ProcessesAgreeWithProcTests
{
    private const int Rounds = 50;
    private readonly ProcessEngineKind _engine;

    private protected ProcessesAgreeWithProcTests(ProcessEngineKind engine)
    {
        _engine = engine;
        if (engine == ProcessEngineKind.Bpf)
        {
            Bpf.NeedsBpf.Check();
        }
    }

    [Fact]
    public void All_processes_that_live_through_the_reading_are_there_and_no_others()
    {
        using ProcessCollector collector = Open(ProcessFields.Core);
        string[] others = [];
        for (int round = 0; round < Rounds; round++)
        {
            HashSet<int> before = Listed();
            using ProcessSnapshot snapshot = collector.Collect();
            HashSet<int> after = Listed();

            HashSet<int> shown = [.. snapshot.Select(static process => process.Pid)];
            Assert.Empty(before.Intersect(after).Except(shown));

            // One that was born after the first list and ended before the second is in neither: on a busy machine that happens, but not each time.
            others = [.. shown.Except(before.Union(after)).Select(pid => snapshot.Find(pid)!.ToString())];
            if (others.Length == 0)
            {
                return;
            }
        }

        Assert.Fail($"in each of {Rounds} rounds there were others: {string.Join(", ", others)}");
    }

    [Fact]
    public void Every_field_that_ps_has_too_is_the_same()
    {
        using Swarm swarm = Swarm.Start(20);
        using ProcessCollector collector = Open(ProcessFields.Standard);
        // A process that has just started is still mapping its libraries: what ps says before and after is what it was in between.
        const string Ps = "ps --no-headers -ww -eo pid:10,ppid:10,pgid:10,sid:10,ni:5,nlwp:6,vsz:14,euid:12,ruid:12,egid:12,rgid:12,suid:12,fuid:12,wchan:1,stat:8,comm:80";
        ProcessSnapshot? last = null;
        string[] steady = [];
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                last?.Dispose();
                string[] before = ChildProcess.MustShell(Ps).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                last = collector.Collect();
                steady = [.. before.Intersect(ChildProcess.MustShell(Ps).Split('\n', StringSplitOptions.RemoveEmptyEntries))];
                return swarm.Pids.All(pid => steady.Any(line => line.AsSpan(0, 10).Trim().SequenceEqual(pid.ToString(CultureInfo.InvariantCulture))));
            },
            TimeSpan.FromSeconds(20)));
        using ProcessSnapshot snapshot = last!; // the loop ran
        int compared = 0;
        foreach (string line in steady)
        {
            string[] cells = line.Split(' ', 16, StringSplitOptions.RemoveEmptyEntries);
            if (snapshot.Find(int.Parse(cells[0], CultureInfo.InvariantCulture)) is not { } process || !swarm.Pids.Contains(process.Pid) && process.Pid != 1)
            {
                continue;
            }

            compared++;
            Assert.Equal(cells[1..6], new[] { Text(process.ParentPid), Text(process.ProcessGroup), Text(process.Session), Text(process.Nice), Text(process.Threads) });
            Assert.Equal(cells[6], (process.VirtualBytes.Value / 1024).ToString(CultureInfo.InvariantCulture));
            UnixCredentials ids = process.Identity.Credentials.Value;
            Assert.Equal(
                cells[7..13].Select(static cell => uint.Parse(cell, CultureInfo.InvariantCulture)),
                [ids.EffectiveUser, ids.User, ids.EffectiveGroup, ids.Group, ids.SavedUser, ids.FileSystemUser.Value]);
            Assert.Equal(cells[15].Trim(), process.Name);
        }

        Assert.True(compared > 20, $"only {compared} compared");
    }

    [Fact]
    public void Security_context_is_what_proc_says()
    {
        using Swarm swarm = Swarm.Start(3, "exec setpriv --reuid 65534 --regid 65534 --groups 7,8 --no-new-privs --bounding-set -sys_boot sleep 60");
        using ProcessCollector collector = Open(ProcessFields.All & ~ProcessFields.Hash);
        Settle(swarm, "sleep");
        using ProcessSnapshot snapshot = collector.Collect();
        ProcessRecord process = snapshot.Find(swarm.Pids.First())!;
        ProcessIdentity identity = process.Identity;
        string status = File.ReadAllText($"/proc/{process.Pid}/status");

        Assert.Equal("65534", identity.User.Value.Id);
        Assert.Equal("nobody", identity.User.Value.Name.Value);
        Assert.True(identity.NoNewPrivileges.Value);
        Assert.Equal(SeccompMode.Disabled, identity.Seccomp.Value.Mode);
        Assert.Contains($"CapBnd:\t{identity.Capabilities.Value.Bounding:x16}\n", status, StringComparison.Ordinal);
        Assert.Contains($"CapEff:\t{identity.Capabilities.Value.Effective:x16}\n", status, StringComparison.Ordinal);
        Assert.DoesNotContain("CAP_SYS_BOOT", ProcessCapabilities.NamesOf(identity.Capabilities.Value.Bounding));
        Assert.Equal(["7", "8"], process.Details.Groups.Value);
        Assert.Equal(["sleep", "60"], identity.Arguments.Value.Values);
        Assert.Equal(new FileInfo($"/proc/{process.Pid}/exe").LinkTarget, identity.Image.Value.Path);
        Assert.Equal(ProcessImageState.Present, identity.Image.Value.State.Value);
        Assert.Equal($"net:[{identity.Namespaces.Value.Network.Value}]", new FileInfo($"/proc/{process.Pid}/ns/net").LinkTarget);
        Assert.Contains(File.ReadAllLines($"/proc/{process.Pid}/cgroup"), line => line.Split(':', 3)[2] == identity.Cgroup.Value.Path);
        Assert.Equal(new FileInfo($"/proc/{process.Pid}/cwd").LinkTarget, process.Details.WorkingFolder.Value);
        Assert.Equal("/", process.Details.RootFolder.Value);
        Assert.Equal(int.Parse(File.ReadAllText($"/proc/{process.Pid}/oom_score_adj"), CultureInfo.InvariantCulture), process.Details.OutOfMemory.Value.Adjustment);
        Assert.Contains(process.Details.Limits.Value, static limit => limit.Name == "Max open files" && limit.Soft > 0);
        Assert.True(process.Details.MemoryMap.Value.Proportional.Value > 0);
        Assert.Equal(Directory.GetFiles($"/proc/{process.Pid}/fd").Length, process.Handles.Value);
        Assert.Contains("PATH=", string.Join('\n', process.Details.Environment.Value), StringComparison.Ordinal);
        Assert.Equal("x86-64", process.Details.ImageDetails.Value.Architecture.GetValueOrDefault("x86-64"));
    }

    [Fact]
    public void Times_and_memory_lie_between_two_readings_of_proc()
    {
        using ProcessCollector collector = Open(ProcessFields.EveryCycle);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        using ProcessSnapshot snapshot = collector.Collect();
        TimeSpan after = Environment.CpuUsage.TotalTime;
        ProcessRecord own = snapshot.Find(Environment.ProcessId)!;

        Assert.InRange(own.UserTime.Value + own.KernelTime.Value, before - TimeSpan.FromMilliseconds(30), after + TimeSpan.FromMilliseconds(30));
        Assert.InRange(own.ResidentBytes.Value, Environment.WorkingSet / 2, Environment.WorkingSet * 2);
        Assert.Equal(own.ResidentBytes.Value, own.PrivateBytes.Value + own.SharedBytes.Value, own.ResidentBytes.Value * 0.2);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.InRange(own.StartTime.Value, now - TimeSpan.FromHours(1), now);
        Assert.Equal(Environment.ProcessId, own.Pid);
        Assert.True(own.ReadOperations.Value > 0);
    }

    [Fact]
    public void A_busy_process_uses_about_one_processor()
    {
        using Swarm swarm = Swarm.Start(1, "while :; do :; done");
        using ProcessCollector collector = Open(ProcessFields.Core);
        collector.Collect().Dispose();
        Assert.False(swarm.HasEnded(TimeSpan.FromSeconds(1)));
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.InRange(snapshot.Find(swarm.Pids.First())!.CpuPercent.Value, 5, 110);
    }

    [Fact]
    public void Another_image_in_the_same_process_is_read_anew()
    {
        using Swarm swarm = Swarm.Start(1, "read line; exec sleep 61");
        using ProcessCollector collector = Open(ProcessFields.Image | ProcessFields.Arguments);
        ProcessKey key;
        using (ProcessSnapshot first = collector.Collect())
        {
            ProcessRecord shell = first.Find(swarm.Pids.First())!;
            key = shell.Key;
            Assert.Contains("read line", shell.Identity.Arguments.Value.Text, StringComparison.Ordinal);
        }

        swarm.Say("go\n");
        Settle(swarm, "sleep");
        using ProcessSnapshot second = collector.Collect();

        Assert.Equal("sleep 61", second.Find(key)!.Identity.Arguments.Value.Text);
        Assert.EndsWith("/sleep", second.Find(key)!.Identity.Image.Value.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cp /bin/sleep \"$d/x\"; \"$d/x\" 60 & settle \"$d/x\"; rm \"$d/x\"", ProcessImageState.Deleted, "/x")]
    [InlineData("cp /bin/sleep \"$d/x\"; \"$d/x\" 60 & settle \"$d/x\"; rm \"$d/x\"; echo other > \"$d/x\"", ProcessImageState.Replaced, "/x")]
    [InlineData("cp /bin/sleep \"$d/x (deleted)\"; \"$d/x (deleted)\" 60 & settle \"$d/x (deleted)\"", ProcessImageState.Present, "/x (deleted)")]
    public void An_image_that_is_gone_or_another_says_so(string script, ProcessImageState state, string end)
    {
        string folder = Directory.CreateTempSubdirectory("sonde-image-").FullName;
        string pid = ChildProcess.MustShell($"d={folder}; settle() {{ until [ \"$(readlink /proc/$!/exe)\" = \"$1\" ]; do sleep 0.01; done; }}; ({script}; echo $! > \"$d/pid\") >/dev/null 2>&1; cat \"$d/pid\"").Trim();
        try
        {
            using ProcessCollector collector = Open(ProcessFields.Image);
            using ProcessSnapshot snapshot = collector.Collect();
            ProcessImage image = snapshot.Find(int.Parse(pid, CultureInfo.InvariantCulture))!.Identity.Image.Value;

            Assert.Equal(state, image.State.Value);
            Assert.Equal(folder + end, image.Path);
            Assert.True(image.File.Value.Size > 1000);
        }
        finally
        {
            ChildProcess.Shell($"kill {pid}; rm -rf {folder}");
        }
    }

    [Fact]
    public void A_program_in_memory_says_so()
    {
        using Swarm swarm = Swarm.Start(1, "exec python3 -c \"import os,shutil; f=os.memfd_create('ghost'); os.write(f,open('/bin/sleep','rb').read()); os.execv('/proc/self/fd/%d'%f,['ghost','60'])\"");
        Settle(swarm, "memfd:ghost", "ghost", "3", "4", "5");
        using ProcessCollector collector = Open(ProcessFields.Image);
        using ProcessSnapshot snapshot = collector.Collect();
        ProcessImage image = snapshot.Find(swarm.Pids.First())!.Identity.Image.Value;

        Assert.Equal((ProcessImageState.Memory, "/memfd:ghost"), (image.State.Value, image.Path));
    }

    [Fact]
    public void A_zombie_and_a_kernel_thread_have_no_command_line_for_different_reasons()
    {
        using Swarm swarm = Swarm.Start(1, "exec python3 -c \"import os,time; p=os.fork(); p or os._exit(3); time.sleep(60)\"");
        // A new collector each time: one that met the process while it was ending would keep what it read of it then.
        ProcessRecord? zombie = null;
        ProcessCollector collector = Open(ProcessFields.Standard);
        ProcessSnapshot snapshot = collector.Collect();
        for (int round = 0; round < 100 && zombie is null; round++)
        {
            snapshot.Dispose();
            collector.Dispose();
            swarm.HasEnded(TimeSpan.FromMilliseconds(50));
            collector = Open(ProcessFields.Standard);
            snapshot = collector.Collect();
            zombie = snapshot.FirstOrDefault(process => process.State.Value == ProcessState.Zombie && process.ParentPid.Value == swarm.Pids.First());
        }

        Assert.NotNull(zombie);
        Assert.Equal("it has ended, and its command line with it", zombie.Identity.Arguments.Reason);
        Assert.Equal(ReadingStatus.None, zombie.Identity.Image.Status);
        ProcessRecord kernel = snapshot.First(static process => process.IsKernel.Value);
        Assert.Equal("a kernel thread has no command line", kernel.Identity.Arguments.Reason);
        Assert.Equal(ReadingStatus.None, kernel.Identity.Image.Status);
        Assert.Equal(ReadingStatus.None, kernel.PrivateBytes.Status);
        snapshot.Dispose();
        collector.Dispose();
    }

    [Theory]
    [InlineData(") R 1 1 1")]
    [InlineData("a\nb")]
    [InlineData("((")]
    public void A_name_that_looks_like_more_fields_stays_a_name(string name)
    {
        string folder = Directory.CreateTempSubdirectory("sonde-name-").FullName;
        string program = Path.Combine(folder, name);
        File.Copy("/bin/sleep", program);
        using var child = global::System.Diagnostics.Process.Start(program, "60");
        try
        {
            using ProcessCollector collector = Open(ProcessFields.Arguments);
            using ProcessSnapshot snapshot = collector.Collect();
            ProcessRecord process = snapshot.Find(child.Id)!;

            Assert.Equal(name, process.Name);
            Assert.Equal(Environment.ProcessId, process.ParentPid.Value);
            Assert.Equal(program, process.Identity.Arguments.Value.Values[0]);
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_command_line_of_64_KiB_is_whole_and_one_that_is_longer_than_allowed_says_so()
    {
        using Swarm swarm = Swarm.Start(1, "exec sleep 60 $(head -c 65000 /dev/zero | tr '\\0' 0)");
        Settle(swarm, "sleep");
        using ProcessCollector whole = Open(ProcessFields.Arguments);
        using ProcessCollector part = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Arguments, MaxArgumentBytes = 1000, Engine = _engine });
        using ProcessSnapshot first = whole.Collect();
        using ProcessSnapshot second = part.Collect();

        ProcessArguments all = first.Find(swarm.Pids.First())!.Identity.Arguments.Value;
        ProcessArguments cut = second.Find(swarm.Pids.First())!.Identity.Arguments.Value;
        Assert.Equal((65000, false), (all.Values[2].Length, all.IsTruncated));
        Assert.True(cut.IsTruncated);
        Assert.True(cut.Text.Length <= 1000);
    }

    private ProcessCollector Open(ProcessFields fields) => ProcessCollector.Create(new ProcessCollectorOptions { Fields = fields, Engine = _engine });

    private static HashSet<int> Listed() =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(static name => name!.All(char.IsAsciiDigit)).Select(static name => int.Parse(name!, CultureInfo.InvariantCulture))];

    private static string Text<T>(Reading<T> reading)
        where T : IFormattable => reading.Value.ToString(null, CultureInfo.InvariantCulture);

    // Between fork and exec the shell is what runs.
    private static void Settle(Swarm swarm, params string[] names)
    {
        for (int round = 0; round < 200; round++)
        {
            if (swarm.Pids.All(pid => names.Contains(File.ReadAllText($"/proc/{pid}/comm").Trim())))
            {
                return;
            }

            swarm.HasEnded(TimeSpan.FromMilliseconds(25));
        }

        Assert.Fail($"none of {string.Join(", ", names)} came up: {string.Join(", ", swarm.Pids.Select(static pid => File.ReadAllText($"/proc/{pid}/comm").Trim()))}");
    }
}
