using System.Globalization;
using System.Text.Json;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>The collector where processes are many, short-lived, hidden or of others; and the command around it.</summary>
public sealed class ProcessesUnderStressTests
{
    [Fact]
    public void Processes_that_die_while_they_are_read_are_counted_and_break_nothing()
    {
        using Swarm swarm = Swarm.Start(2, "while :; do /bin/true & /bin/true; done");
        using ProcessCollector collector = Open(ProcessFields.All & ~ProcessFields.Hash);
        int vanished = 0;
        for (int round = 0; round < 40; round++)
        {
            using ProcessSnapshot snapshot = collector.Collect();
            vanished += snapshot.Vanished;
            Assert.All(swarm.Pids, pid => Assert.NotNull(snapshot.Find(pid)));
            foreach (ProcessRecord process in snapshot)
            {
                // What was read at all is read for a reason or has one; a record of a dead process says gone, or what a zombie still has.
                Assert.NotEqual(ReadingStatus.NotCollected, process.Identity.Credentials.Status);
                Assert.NotEqual(ReadingStatus.Failed, process.Identity.Image.Status);
            }
        }

        Assert.True(vanished >= 0);
    }

    [Fact]
    public void Two_thousand_processes_are_all_there_and_a_quiet_cycle_allocates_nothing()
    {
        string folder = Directory.CreateTempSubdirectory("sonde-spawn-").FullName;
        ChildProcess.MustShell($"gcc -O1 -o {folder}/spawn {Repository.PathOf("bench", "spawn.c")}");
        using Swarm swarm = Swarm.Start(1, $"exec {folder}/spawn 2000 >{folder}/ready");
        try
        {
            for (int round = 0; round < 400 && !(File.Exists($"{folder}/ready") && new FileInfo($"{folder}/ready").Length > 0); round++)
            {
                Assert.False(swarm.HasEnded(TimeSpan.FromMilliseconds(25)));
            }

            using ProcessCollector collector = Open(ProcessFields.EveryCycle);
            using (ProcessSnapshot snapshot = collector.Collect())
            {
                ProcessKey parent = snapshot.Find(swarm.Pids.First())!.Key;
                Assert.Equal(2000, snapshot.Count(process => process.Parent.HasValue && process.Parent.Value == parent));
            }

            long least = long.MaxValue;
            for (int round = 0; round < 20; round++)
            {
                AllocationWatch allocations = AllocationWatch.Start();
                collector.Collect().Dispose();
                least = Math.Min(least, allocations.Allocated);
            }

            // Other processes of this machine may start meanwhile; a cycle in which none did is among twenty.
            Assert.Equal(0, least);
        }
        finally
        {
            swarm.CloseInput();
            swarm.HasEnded(TimeSpan.FromSeconds(20));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void As_nobody_the_same_processes_are_listed_and_what_is_refused_says_denied()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to become nobody");
        using Swarm swarm = Swarm.Start(3);
        string program = Readable(ChildProcess.Sonde);
        ProgramResult result = ChildProcess.Run("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", program, "ps", "-f", "ndjson", "--fields", "pid,exe,uid,disk_read_bytes,ns_network,command,cap_permitted"]);

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        var rows = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToDictionary(static row => row.GetProperty("pid").GetInt32());
        foreach (int pid in swarm.Pids)
        {
            JsonElement row = rows[pid];
            Assert.Equal(0u, row.GetProperty("uid").GetUInt32());
            Assert.Equal(JsonValueKind.Array, row.GetProperty("cap_permitted").ValueKind);
            foreach (string field in (ReadOnlySpan<string>)["exe", "disk_read_bytes", "ns_network"])
            {
                Assert.Equal(JsonValueKind.Null, row.GetProperty(field).ValueKind);
                Assert.StartsWith("denied: ", row.GetProperty(field + "_reason").GetString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Where_proc_hides_processes_the_answer_says_so()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to mount");
        string program = Readable(ChildProcess.Sonde);
        ProgramResult result = ChildProcess.Run(
            "unshare",
            ["--mount", "sh", "-c", $"mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all --inh-caps -all {program} ps --fields pid,name"]);

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains("not seen: processes: denied: /proc is mounted with hidepid=", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("kthreadd", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void In_an_inner_pid_namespace_the_answer_says_so()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to make a namespace");
        ProgramResult result = ChildProcess.Run("unshare", ["--pid", "--fork", "--mount-proc", ChildProcess.Sonde, "ps", "--fields", "pid,name,parent_key"]);

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains("not seen: processes: unsupported: this is the inner pid namespace", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_in_an_inner_pid_namespace_has_its_inner_id()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to make a namespace");
        using Swarm swarm = Swarm.Start(1, "exec unshare --pid --fork --mount-proc sleep 60");
        using ProcessCollector collector = Open(ProcessFields.Privileges | ProcessFields.Namespaces);
        ProcessRecord? inner = null;
        for (int round = 0; round < 100 && inner is null; round++)
        {
            swarm.HasEnded(TimeSpan.FromMilliseconds(50));
            inner = collector.Collect().FirstOrDefault(process => process.ParentPid.Value == swarm.Pids.First());
        }

        Assert.Equal([1], inner!.Identity.NamespacePids.Value);
    }

    [Fact]
    public void A_used_again_id_is_another_process()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to make a namespace");

        // In a pid namespace of its own the next id can be chosen: the same one twice, a tick apart.
        string output = ChildProcess.MustShell(
            $"unshare --pid --fork --mount-proc sh -c 'sleep 60 & a=$!; {ChildProcess.Sonde} ps -p $a --fields key -f tsv | tail -n 1; kill $a; wait $a 2>/dev/null; sleep 0.1; echo $((a-1)) > /proc/sys/kernel/ns_last_pid; sleep 60 & b=$!; echo $((a-b)); {ChildProcess.Sonde} ps -p $b --fields key -f tsv | tail -n 1; kill $b'");
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("0", lines[1]);
        Assert.Equal(lines[0].Split('-')[0], lines[2].Split('-')[0]);
        Assert.NotEqual(lines[0], lines[2]);
    }

    [Fact]
    public void Without_proc_the_error_says_what_is_missing()
    {
        HostException refused = Assert.Throws<HostException>(() => ProcessCollector.Create(new ProcessCollectorOptions { ProcRoot = "/tmp" }));

        Assert.Contains("no proc file system is mounted here", refused.Message, StringComparison.Ordinal);
        Assert.Equal(HostFailure.Unavailable, refused.Failure);
    }

    [Fact]
    public void An_engine_that_this_system_has_not_is_refused_by_name()
    {
        HostException refused = Assert.Throws<HostException>(() => ProcessCollector.Create(new ProcessCollectorOptions { Engine = ProcessEngineKind.ToolHelp }));

        Assert.Contains("proc", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_null_in_JSON_has_its_reason_beside_it()
    {
        ProgramResult result = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--all-fields", "-f", "json"]);
        using var document = JsonDocument.Parse(result.Output);
        JsonElement processes = document.RootElement.GetProperty("processes");

        Assert.Equal(document.RootElement.GetProperty("count").GetInt32(), processes.GetArrayLength());
        foreach (JsonElement process in processes.EnumerateArray())
        {
            foreach (JsonProperty field in process.EnumerateObject().Where(static field => field.Value.ValueKind == JsonValueKind.Null))
            {
                Assert.True(process.TryGetProperty(field.Name + "_reason", out JsonElement reason) && reason.GetString()!.Length > 3, field.Name);
                Assert.DoesNotContain("not collected: nobody", reason.GetString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_tree_and_a_table_fit_the_terminal_and_show_no_secrets()
    {
        using Swarm swarm = Swarm.Start(1, "sh -c 'sleep 60; true' app --password=hunter2 \"$(printf 'esc\\033[31m')\"");
        ProgramResult tree = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--tree"], environment: new Dictionary<string, string?> { ["COLUMNS"] = "90" });
        ProgramResult shown = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--show-secrets", "--filter", "command:hunter2", "--fields", "pid,command"]);

        Assert.Equal(0, tree.ExitCode);
        Assert.All(tree.Output.Split('\n'), static line => Assert.True(line.Length <= 90, line));
        Assert.Contains("└─ ", tree.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", tree.Output, StringComparison.Ordinal);
        Assert.Contains("hunter2", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_watch_shows_use_of_the_processor_and_ends_after_its_readings()
    {
        using Swarm swarm = Swarm.Start(1, "while :; do :; done");
        ProgramResult result = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--watch", "-n", "2", "-i", "0.3", "-f", "ndjson", "--pid", swarm.Pids.First().ToString(CultureInfo.InvariantCulture), "--fields", "pid,cpu"]);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal((0, 2), (result.ExitCode, lines.Length));
        Assert.All(lines, static line =>
        {
            using var row = JsonDocument.Parse(line);
            Assert.InRange(row.RootElement.GetProperty("cpu_percent").GetDouble(), 5, 110);
        });
    }

    [Fact]
    public void Everything_known_about_one_process_is_shown_with_reasons()
    {
        ProgramResult result = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        ProgramResult missing = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--pid", "99999999"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Matches("(?m)^ns_network +[0-9]+$", result.Output);
        Assert.Matches("(?m)^cap_effective +CAP_", result.Output);
        Assert.Matches("(?m)^integrity +unsupported: Linux has no such thing$", result.Output);
        Assert.Matches("(?m)^limits +Max open files: [0-9]+ of [0-9]+ files$", result.Output);
        Assert.Equal(1, missing.ExitCode);
        Assert.StartsWith("sonde: there is no process 99999999\n", missing.Error, StringComparison.Ordinal);
    }

    private static ProcessCollector Open(ProcessFields fields) => ProcessCollector.Create(new ProcessCollectorOptions { Fields = fields, Engine = ProcessEngineKind.Proc });

    // A checkout under a home of root's is not readable for others.
    private static string Readable(string program)
    {
        string folder = Path.Combine(Path.GetTempPath(), "sonde-nobody");
        ChildProcess.MustShell($"mkdir -p {folder} && cp -r {Path.GetDirectoryName(program)}/. {folder}/ && chmod -R a+rX {folder}");
        return Path.Combine(folder, Path.GetFileName(program));
    }
}
