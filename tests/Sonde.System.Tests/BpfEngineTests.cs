using System.Globalization;
using System.Text.Json;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>The engine of the task iterator: the same as /proc says, what the iterator does not show included, or a reason why not.</summary>
public sealed class BpfEngineTests
{
    private const int CapBpf = 39;
    private const int CapPerfmon = 38;

    // What goes on while two commands run one after the other.
    private static readonly HashSet<string> s_moving = new(StringComparer.Ordinal)
    {
        "cpu_percent", "started", "user_time", "kernel_time", "cpu_time", "pss_bytes", "unique_bytes", "swap_pss_bytes", "oom_score", "cpu_percent_reason",
    };

    [Fact]
    public void Every_field_of_a_live_swarm_is_that_of_the_proc_engine()
    {
        NeedsBpf.Check();
        using Swarm plain = Swarm.Start(5);
        using Swarm lesser = Swarm.Start(2, "exec setpriv --reuid 65534 --regid 65534 --groups 7,8 --no-new-privs --bounding-set -sys_boot sleep 60");
        using Swarm nice = Swarm.Start(2, "exec nice -n 7 chrt --idle 0 sleep 60");
        using Swarm apart = Swarm.Start(2, "exec unshare --net --uts --ipc --mount sleep 60");
        using Swarm inner = Swarm.Start(1, "exec unshare --pid --fork --mount-proc sleep 60");
        using Swarm open = Swarm.Start(1, "exec 5</dev/null 6</dev/null 7>/dev/null; exec sleep 60");
        using Swarm threads = Swarm.Start(1, "exec python3 -c \"import threading,time\nfor _ in range(5): threading.Thread(target=time.sleep,args=(60,),daemon=True).start()\nprint(1,flush=True); time.sleep(60)\" >/dev/null");
        HashSet<int> pids = [.. plain.Pids, .. lesser.Pids, .. nice.Pids, .. apart.Pids, .. inner.Pids, .. open.Pids, .. threads.Pids];

        // Between fork and exec, and while a program starts, a process changes; so the two answers are compared until the swarm sleeps.
        List<string> differences = ["never compared"];
        for (int round = 0; round < 20 && differences.Count > 0; round++)
        {
            plain.HasEnded(TimeSpan.FromMilliseconds(100));
            differences = Differences(Ask("proc", pids), Ask("bpf", pids));
        }

        Assert.Empty(differences);
    }

    [Fact]
    public void Processor_time_and_other_sums_never_go_back_while_threads_come_and_go()
    {
        NeedsBpf.Check();
        using Swarm swarm = Swarm.Start(2, "exec python3 -c \"import threading\ndef work(): sum(range(20000)); open('/dev/null').read()\nwhile True:\n  all=[threading.Thread(target=work) for _ in range(8)]\n  [t.start() for t in all]; [t.join() for t in all]\"");
        using ProcessCollector collector = Open(ProcessFields.EveryCycle);
        var last = new Dictionary<ProcessKey, (TimeSpan User, TimeSpan Kernel, ulong Minor, ulong Reads)>();
        for (int round = 0; round < 300; round++)
        {
            using ProcessSnapshot snapshot = collector.Collect();
            foreach (ProcessRecord process in snapshot)
            {
                (TimeSpan User, TimeSpan Kernel, ulong Minor, ulong Reads) now = (process.UserTime.Value, process.KernelTime.Value, process.MinorFaults.Value, process.ReadOperations.GetValueOrDefault(0));
                if (last.TryGetValue(process.Key, out (TimeSpan User, TimeSpan Kernel, ulong Minor, ulong Reads) before))
                {
                    Assert.True(now.User >= before.User && now.Kernel >= before.Kernel && now.Minor >= before.Minor && now.Reads >= before.Reads, $"{process}: {before} then {now}");
                }

                last[process.Key] = now;
            }
        }

        Assert.All(swarm.Pids, pid => Assert.Contains(last.Keys, key => key.Pid == pid));
    }

    [Fact]
    public void A_table_of_descriptors_too_large_for_the_program_is_counted_all_the_same()
    {
        NeedsBpf.Check();
        using Swarm swarm = Swarm.Start(1, "exec python3 -c \"import resource,os,time\nresource.setrlimit(resource.RLIMIT_NOFILE,(6000,6000))\nfor _ in range(5000): os.dup(0)\nopen('/proc/self/comm','w').write('many')\ntime.sleep(60)\"");
        int pid = swarm.Pids.First();
        for (int round = 0; round < 400 && File.ReadAllText($"/proc/{pid}/comm").Trim() != "many"; round++)
        {
            Assert.False(swarm.HasEnded(TimeSpan.FromMilliseconds(25)));
        }

        using ProcessCollector collector = Open(ProcessFields.Handles);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.InRange(snapshot.Find(pid)!.Handles.Value, 5000, 5010);
        Assert.Equal(Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length, snapshot.Find(pid)!.Handles.Value);
    }

    [Fact]
    public void Many_new_processes_at_once_have_the_identities_of_proc()
    {
        NeedsBpf.Check();
        using Swarm swarm = Swarm.Start(120);
        using ProcessCollector bpf = Open(ProcessFields.Identity);
        using ProcessCollector proc = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Identity, Engine = ProcessEngineKind.Proc });
        for (int round = 0; round < 400 && !swarm.Pids.All(static pid => File.ReadAllText($"/proc/{pid}/comm") == "sleep\n"); round++)
        {
            swarm.HasEnded(TimeSpan.FromMilliseconds(25));
        }

        using ProcessSnapshot ours = bpf.Collect();
        using ProcessSnapshot theirs = proc.Collect();

        foreach (int pid in swarm.Pids)
        {
            ProcessIdentity own = ours.Find(pid)!.Identity;
            ProcessIdentity other = theirs.Find(pid)!.Identity;
            Assert.Equal("sleep 60", own.Arguments.Value.Text);
            Assert.Equal(
                (other.Image, other.User, other.Credentials, other.Capabilities, other.Seccomp, other.Namespaces, other.Login),
                (own.Image, own.User, own.Credentials, own.Capabilities, own.Seccomp, own.Namespaces, own.Login));
            Assert.Equal((other.Cgroup, other.Container, other.Unit, other.Label, other.NamespacePids), (own.Cgroup, own.Container, own.Unit, own.Label, own.NamespacePids));
            Assert.Equal((other.Token, other.Job, other.Protection, other.CodeSigning, other.OriginalParent), (own.Token, own.Job, own.Protection, own.CodeSigning, own.OriginalParent));
        }
    }

    [Fact]
    public void A_quiet_cycle_allocates_nothing()
    {
        NeedsBpf.Check();
        using Swarm swarm = Swarm.Start(50);
        using ProcessCollector collector = Open(ProcessFields.Standard);
        collector.Collect().Dispose();
        long least = long.MaxValue;
        for (int round = 0; round < 60 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            collector.Collect().Dispose();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            swarm.HasEnded(TimeSpan.FromMilliseconds(5));
        }

        // Other processes of this machine may start meanwhile; a cycle in which none did is among sixty.
        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData()]
    [InlineData(CapBpf)]
    [InlineData(CapPerfmon)]
    public void Without_the_rights_the_proc_engine_serves_and_the_reason_is_told(params int[] capabilities)
    {
        Assert.SkipWhen(LesserThread.WhyNot() is not null, LesserThread.WhyNot() ?? string.Empty);
        LesserThread.Run(capabilities, () =>
        {
            using ProcessCollector collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core });
            using ProcessSnapshot snapshot = collector.Collect();
            HostException refused = Assert.Throws<HostException>(() => Open(ProcessFields.Core));

            Assert.Equal(ProcessEngineKind.Proc, collector.Engine);
            Gap skipped = Assert.Single(collector.SkippedEngines);
            Assert.Equal(("engine bpf", ReadingStatus.Denied), (skipped.What, skipped.Status));
            Assert.Contains("CAP_BPF and CAP_PERFMON", skipped.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain(snapshot.Gaps, static gap => gap.What.Contains("engine", StringComparison.Ordinal));
            Assert.Equal(HostFailure.AccessDenied, refused.Failure);
        });
    }

    [Fact]
    public void With_the_two_rights_alone_processes_of_others_are_there_with_their_times()
    {
        NeedsBpf.Check();
        Assert.SkipWhen(LesserThread.WhyNot() is not null, LesserThread.WhyNot() ?? string.Empty);
        using Swarm swarm = Swarm.Start(1);
        LesserThread.Run([CapBpf, CapPerfmon], () =>
        {
            using ProcessCollector collector = Open(ProcessFields.Standard);
            using ProcessSnapshot snapshot = collector.Collect();
            ProcessRecord other = snapshot.Find(swarm.Pids.First())!;

            Assert.True(other.ReadOperations.HasValue);
            Assert.Equal("0", other.Identity.User.Value.Id);
            Assert.True(other.Identity.Namespaces.HasValue);
            Assert.Equal(ReadingStatus.Denied, other.Identity.Image.Status);
        });
    }

    [Fact]
    public void In_an_inner_pid_namespace_the_proc_engine_serves_and_bpf_says_why_it_does_not()
    {
        NeedsBpf.Check();
        ProgramResult auto = ChildProcess.Run("unshare", ["--pid", "--fork", "--mount-proc", ChildProcess.Sonde, "ps", "-f", "json", "--fields", "pid"]);
        ProgramResult bpf = ChildProcess.Run("unshare", ["--pid", "--fork", "--mount-proc", ChildProcess.Sonde, "ps", "--engine", "bpf"]);

        using var document = JsonDocument.Parse(auto.Output);
        Assert.Equal("proc", document.RootElement.GetProperty("engine").GetString());
        Assert.Contains("pid namespace", document.RootElement.GetProperty("skipped_engines")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(69, bpf.ExitCode);
        Assert.Contains("pid namespace", bpf.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proc_that_shows_other_processes_than_the_kernel_has_is_not_mixed_with_the_iterator()
    {
        NeedsBpf.Check();

        using Swarm swarm = Swarm.Start(1, "exec unshare --pid --fork --mount-proc sleep 60");
        int parent = swarm.Pids.First();
        string inner = string.Empty;
        for (int round = 0; round < 400 && inner.Length == 0; round++)
        {
            swarm.HasEnded(TimeSpan.FromMilliseconds(25));
            inner = ChildProcess.Shell($"pgrep -P {parent} -x sleep").Output.Trim();
        }

        // The proc file system of an inner pid namespace, as a container has it.
        HostException refused = Assert.Throws<HostException>(() => ProcessCollector.Create(
            new ProcessCollectorOptions { Fields = ProcessFields.Core, Engine = ProcessEngineKind.Bpf, ProcRoot = $"/proc/{inner}/root/proc" }));
        using ProcessCollector automatic = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core, ProcRoot = $"/proc/{inner}/root/proc" });
        using ProcessSnapshot snapshot = automatic.Collect();

        Assert.Equal(HostFailure.Unavailable, refused.Failure);
        Assert.Matches("^of [0-9]+ processes that the iterator shows, [0-9]+ are not in the mounted /proc$", refused.Reason);
        Assert.Equal(ProcessEngineKind.Proc, automatic.Engine);
        Assert.Equal([1], snapshot.Select(static process => process.Pid));
    }

    private static ProcessCollector Open(ProcessFields fields) => ProcessCollector.Create(new ProcessCollectorOptions { Fields = fields, Engine = ProcessEngineKind.Bpf });

    private static Dictionary<int, JsonElement> Ask(string engine, HashSet<int> parents)
    {
        ProgramResult result = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--engine", engine, "--all-fields", "-f", "ndjson", "--filter", "not name:sonde"]);
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement)
            .Where(row => row.GetProperty("type").GetString() == "process" && (parents.Contains(row.GetProperty("pid").GetInt32()) || parents.Contains(row.GetProperty("parent_pid").GetInt32())))
            .ToDictionary(static row => row.GetProperty("pid").GetInt32());
    }

    private static List<string> Differences(Dictionary<int, JsonElement> proc, Dictionary<int, JsonElement> bpf)
    {
        List<string> differences = [.. proc.Keys.Except(bpf.Keys).Union(bpf.Keys.Except(proc.Keys)).Select(static pid => $"{pid} is in one only")];
        foreach ((int pid, JsonElement theirs) in proc.Where(row => bpf.ContainsKey(row.Key)))
        {
            JsonElement ours = bpf[pid];
            differences.AddRange(theirs.EnumerateObject()
                .Where(field => !s_moving.Contains(field.Name) && (!ours.TryGetProperty(field.Name, out JsonElement own) || own.GetRawText() != field.Value.GetRawText()))
                .Select(field => $"{pid} {field.Name}: {field.Value} by proc, {(ours.TryGetProperty(field.Name, out JsonElement own) ? own.ToString() : "nothing")} by bpf"));

            // /proc counts processor time in hundredths, and cuts the rest off.
            double difference = ours.GetProperty("cpu_time").GetDouble() - theirs.GetProperty("cpu_time").GetDouble();
            if (difference is < -0.001 or > 0.03)
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{pid} cpu_time differs by {difference}"));
            }
        }

        return differences;
    }
}
