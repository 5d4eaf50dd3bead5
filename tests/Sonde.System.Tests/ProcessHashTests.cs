using System.Security.Cryptography;
using System.Text.Json;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>Hashes of what runs, against the bytes that run.</summary>
public sealed class ProcessHashTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("exec sleep 60", "sleep", false)]
    [InlineData("cp /bin/sleep /tmp/sonde-gone-$$; (until [ $(readlink /proc/$$/exe) = /tmp/sonde-gone-$$ ]; do sleep 0.01; done; rm -f /tmp/sonde-gone-$$) & exec /tmp/sonde-gone-$$ 60", "sonde-gone", true)]
    [InlineData("exec python3 -c \"import os; f=os.memfd_create('ghost'); os.write(f,open('/bin/sleep','rb').read()); os.execv('/proc/self/fd/%d'%f,['ghost','60'])\"", "3|4|5|ghost|memfd:ghost", true)]
    public void What_runs_is_hashed_wherever_its_file_is_by_now(string script, string comm, bool isGone)
    {
        using Swarm swarm = Swarm.Start(1, script);
        int pid = swarm.Pids.First();
        string[] names = comm.Split('|');
        for (int round = 0; round < 400 && !Array.Exists(names, name => File.ReadAllText($"/proc/{pid}/comm").StartsWith(name, StringComparison.Ordinal)); round++)
        {
            Assert.False(swarm.HasEnded(TimeSpan.FromMilliseconds(25)));
        }

        // Only then is it known that no path leads to what is hashed.
        Assert.True(SpinWait.SpinUntil(() => !isGone || new FileInfo($"/proc/{pid}/exe").LinkTarget!.EndsWith(" (deleted)", StringComparison.Ordinal), s_patience));
        using ProcessCollector collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Hash, Select = process => process.Pid == pid });
        Reading<string> first;
        using (ProcessSnapshot snapshot = collector.Collect())
        {
            first = snapshot.Find(pid)!.Details.Hash;
        }

        Assert.Equal(0, collector.WaitForHashes(s_patience, TestContext.Current.CancellationToken));
        using ProcessSnapshot second = collector.Collect();

        Assert.Equal((ReadingStatus.NotCollected, "its file is being read"), (first.Status, first.Reason));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes("/bin/sleep"))), second.Find(pid)!.Details.Hash.Value);
    }

    [Fact]
    public void The_command_waits_for_the_hashes_of_those_it_shows()
    {
        using Swarm swarm = Swarm.Start(3, "exec sleep 61.5");
        string pids = string.Join(" or ", swarm.Pids.Select(static pid => $"pid={pid}"));
        for (int round = 0; round < 400 && !swarm.Pids.All(static pid => File.ReadAllText($"/proc/{pid}/comm") == "sleep\n"); round++)
        {
            swarm.HasEnded(TimeSpan.FromMilliseconds(25));
        }

        ProgramResult result = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--hash", "--hash-timeout", "60", "--filter", pids, "-f", "ndjson"]);
        ProgramResult table = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--hash", "--hash-timeout", "60", "--filter", pids], environment: new Dictionary<string, string?> { ["COLUMNS"] = "120" });

        string expected = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes("/bin/sleep")));
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Equal([expected, expected, expected], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("sha256").GetString()));
        Assert.Equal(3, table.Output.Split('\n').Count(line => line.Contains(expected, StringComparison.Ordinal) && line.Contains("present", StringComparison.Ordinal)));
    }

    [Fact]
    public void Without_time_to_wait_the_list_comes_at_once_and_says_what_is_missing()
    {
        ProgramResult result = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--hash", "--hash-timeout", "0", "--fields", "pid"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("not seen: sha256", result.Output, StringComparison.Ordinal);
        Assert.Contains("within 0 s (--hash-timeout)", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_about_one_process_includes_its_hash_and_a_kernel_thread_has_none()
    {
        int? thread = null;
        using (var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core }))
        using (ProcessSnapshot snapshot = collector.Collect())
        {
            thread = snapshot.FirstOrDefault(static process => process.IsKernel.GetValueOrDefault(false))?.Pid;
        }

        Assert.SkipWhen(thread is null, "this pid namespace shows no kernel threads");
        ProgramResult own = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--hash-timeout", "60", "--pid", $"{Environment.ProcessId}"]);
        ProgramResult kernel = ChildProcess.Run(ChildProcess.Sonde, ["ps", "--pid", $"{thread}"]);

        Assert.Matches("(?m)^sha256 +[0-9a-f]{64}$", own.Output);
        Assert.Matches("(?m)^sha256 +none: a kernel thread runs from no file$", kernel.Output);
    }
}
