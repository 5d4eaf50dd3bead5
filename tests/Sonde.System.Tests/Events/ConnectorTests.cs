using System.Globalization;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Events;
using Sonde.Testing;

namespace Sonde.System.Tests.Events;

/// <summary>The process connector of this kernel, with real processes.</summary>
public sealed class ConnectorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sonde-events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_child_is_told_from_its_start_to_its_end_with_arguments_parent_and_code()
    {
        using EventWatch watch = Open();
        using Swarm swarm = Swarm.Start(1, "exec /bin/sh -c 'read line; exit 7' app --password=hunter2 'two words'");
        int pid = swarm.Pids.First();
        ProcessEvent executed = watch.Until(one => one.Pid == pid && one.Kind == ProcessEventKind.Executed && one.Identity.Arguments.GetValueOrDefault(s_none).Values.Contains("app"));
        ProcessEvent started = watch.Until(one => one.Pid == pid && one.Kind == ProcessEventKind.Started);
        swarm.Say("go\n");
        ProcessEvent exited = watch.Until(one => one.Pid == pid && one.Kind == ProcessEventKind.Exited);

        Assert.Equal(["/bin/sh", "-c", "read line; exit 7", "app", "--password=***", "two words"], executed.Identity.Arguments.Value.Values);
        Assert.Equal((ProcessEventEnrichment.Full, ProcessEventOrigin.Stream), (executed.Enrichment, executed.Origin));
        Assert.Equal(Environment.ProcessId, started.ParentPid.Value);
        Assert.Equal(Environment.ProcessId, started.Parent.Value.Pid);
        Assert.Equal((7, ReadingStatus.None, false), (exited.ExitCode.Value, exited.Signal.Status, exited.HasCoreDump.Value));
        Assert.Equal(executed.Key, exited.Key);
        Assert.Equal(started.Key, exited.Key);
        Assert.Equal(exited.Monotonic - started.Monotonic, exited.RunTime.Value);
        Assert.Equal(executed.Identity.Arguments.Value.Values, exited.Identity.Arguments.Value.Values);
        Assert.True(started.Sequence < executed.Sequence && executed.Sequence < exited.Sequence);
        Assert.InRange(executed.Time, TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(2), TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public void The_key_of_an_event_is_the_key_of_the_table()
    {
        using EventWatch watch = Open();
        using Swarm swarm = Swarm.Start(1);
        int pid = swarm.Pids.First();
        ProcessEvent started = watch.Until(one => one.Pid == pid && one.Kind == ProcessEventKind.Started);
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core });
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal(snapshot.Find(pid)!.Key, started.Key.Value);
        Assert.False(started.IsKeyEstimated);
    }

    [Fact]
    public void A_signal_that_ends_a_process_is_told()
    {
        using EventWatch watch = Open();
        string pid = ChildProcess.MustShell("sleep 60 & kill -9 $!; wait $! 2>/dev/null; echo $!").Trim();
        ProcessEvent exited = watch.Until(one => one.Kind == ProcessEventKind.Exited && one.Pid.ToString(CultureInfo.InvariantCulture) == pid);

        Assert.Equal((9, ReadingStatus.None), (exited.Signal.Value, exited.ExitCode.Status));
    }

    [Fact]
    public void A_process_that_was_there_before_is_told_at_its_end_with_its_command_line()
    {
        using Swarm swarm = Swarm.Start(1, "read line; exit 3");
        int pid = swarm.Pids.First();
        using EventWatch watch = Open();
        swarm.Say("go\n");
        ProcessEvent exited = watch.Until(one => one.Pid == pid && one.Kind == ProcessEventKind.Exited);

        Assert.Equal((3, "read line; exit 3"), (exited.ExitCode.Value, exited.Identity.Arguments.Value.Values[^1]));
        Assert.InRange(exited.RunTime.Value, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_change_of_the_user_is_told_with_the_new_one()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to become nobody");
        using EventWatch watch = Open();
        using Swarm swarm = Swarm.Start(1, "exec setpriv --reuid 65534 --clear-groups sleep 60");
        int pid = swarm.Pids.First();

        watch.Until(one => one.Pid == pid && one.Kind == ProcessEventKind.CredentialsChanged && one.Identity.Credentials.TryGetValue(out UnixCredentials? ids) && ids.EffectiveUser == 65534);
    }

    [Fact]
    public void A_thread_is_no_process()
    {
        using EventWatch watch = Open();
        var thread = new Thread(static () => { });
        thread.Start();
        thread.Join();
        ChildProcess.MustShell("exit 0");
        watch.Until(static one => one.Kind == ProcessEventKind.Exited && one.ParentPid.GetValueOrDefault(0) == Environment.ProcessId);

        Assert.DoesNotContain(watch.Told, static one => one.Pid == Environment.ProcessId);
    }

    [Fact]
    public void Of_twenty_thousand_processes_that_live_for_a_moment_none_is_missing_unreported()
    {
        using EventWatch watch = Open(capacity: 256 * 1024);
        HashSet<int> pids = Storm(20_000);
        UntilAllIsTold(watch);
        int started = watch.Told.Where(one => one.Kind == ProcessEventKind.Started && pids.Contains(one.Pid)).Select(static one => one.Pid).Distinct().Count();
        int exited = watch.Told.Where(one => one.Kind == ProcessEventKind.Exited && pids.Contains(one.Pid)).Select(static one => one.Pid).Distinct().Count();
        ProcessEventStatistics counted = watch.Source.Statistics;

        long lost = counted.LostBySystem + counted.LostByReader;
        Assert.True(pids.Count - started <= lost, $"{pids.Count - started} starts are missing, and {lost} messages were told as lost");
        Assert.True(pids.Count - exited <= lost, $"{pids.Count - exited} ends are missing, and {lost} messages were told as lost");
        Assert.Equal(0, counted.Malformed);
        Assert.All(watch.Told.Where(static one => one.Kind == ProcessEventKind.Started && one.Enrichment != ProcessEventEnrichment.Full), static one => Assert.NotNull(one.EnrichmentReason));
    }

    [Fact]
    public void A_buffer_that_overflows_is_told_with_numbers_and_what_lives_is_found_again()
    {
        // The kernel gives at least two kilobytes: three messages.
        using EventWatch watch = Open(receiveBuffer: 1);
        Swarm? swarm = null;
        try
        {
            for (int round = 0; round < 50 && watch.Source.Statistics.Overflows == 0; round++)
            {
                Storm(500);
            }

            watch.Until(static one => one.Kind == ProcessEventKind.Lost);
            swarm = Swarm.Start(3);
            Assert.All(swarm.Pids, pid => watch.Until(one => one.Pid == pid && one.Kind == ProcessEventKind.Started));
            watch.Until(static one => one.Kind == ProcessEventKind.Resynced);
        }
        finally
        {
            swarm?.Dispose();
        }

        Assert.True(watch.Source.Statistics.Comparisons > 0);
    }

    [Fact]
    public void A_reader_that_stalls_is_told_how_much_it_lost()
    {
        using EventWatch watch = Open(capacity: 100);
        HashSet<int> pids = Storm(1000);
        ProcessEvent lost = watch.Until(static one => one.Kind == ProcessEventKind.Lost);
        UntilAllIsTold(watch);
        int exited = watch.Told.Where(one => one.Kind == ProcessEventKind.Exited && pids.Contains(one.Pid)).Select(static one => one.Pid).Distinct().Count();

        Assert.Contains("not read in time", lost.Reason, StringComparison.Ordinal);
        Assert.True(lost.LostCount.Value >= 1900 - 100, lost.LostCount.ToString());
        Assert.True(watch.Source.Statistics.LostByReader >= 1000 - exited);
    }

    [Fact]
    public async Task Events_can_be_awaited_and_cancelled()
    {
        using ProcessEventSource source = ProcessEventSource.Open(new ProcessEventOptions { Source = ProcessEventSourceKind.Connector });
        using var cancel = new CancellationTokenSource();
        int pid = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            ChildProcess.MustShell("exit 0");
            await foreach (ProcessEvent one in source.ReadAllAsync(cancel.Token))
            {
                pid = one.Pid;
                await cancel.CancelAsync();
            }
        });

        Assert.NotEqual(0, pid);
    }

    [Fact]
    public void In_a_container_the_next_rung_serves_and_says_why()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to make a namespace");
        foreach (string kind in (ReadOnlySpan<string>)["--net", "--user --map-root-user", "--pid --fork --mount-proc"])
        {
            ProgramResult result = ChildProcess.Shell($"unshare {kind} {ChildProcess.Sonde} events -f ndjson -d 0.2");

            Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
            Assert.Contains("\"what\":\"source connector\",\"status\":\"unsupported\"", result.Output, StringComparison.Ordinal);
            Assert.Contains("network namespace", result.Output, StringComparison.Ordinal);
            Assert.Contains("\"type\":\"statistics\"", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Where_netlink_is_forbidden_the_table_is_compared()
    {
        string sandbox = Path.Combine(_folder, "deny-netlink");
        ChildProcess.MustShell($"gcc -O1 -o {sandbox} {Repository.PathOf("tests", "fixtures", "c", "deny-netlink.c")}");
        ProgramResult result = ChildProcess.Shell($"{sandbox} 1 16 {ChildProcess.Sonde} events -f ndjson -d 0.2");
        ProgramResult asked = ChildProcess.Shell($"{sandbox} 1 16 {ChildProcess.Sonde} events --source connector");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\"what\":\"source connector\",\"status\":\"denied\"", result.Output, StringComparison.Ordinal);
        Assert.Equal(77, asked.ExitCode);
        Assert.Contains("socket(NETLINK_CONNECTOR)", asked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_shows_both_rungs()
    {
        string answer = ChildProcess.Run(ChildProcess.Sonde, ["doctor", "-f", "json"]).Output;

        Assert.Contains("\"part\":\"events\",\"backend\":\"connector\",\"state\":\"available\"", answer, StringComparison.Ordinal);
        Assert.Contains("\"part\":\"events\",\"backend\":\"snapshots\",\"state\":\"available\"", answer, StringComparison.Ordinal);
    }

    private static readonly ProcessArguments s_none = new([], 0, false, false, string.Empty);

    private static EventWatch Open(int capacity = 65536, int receiveBuffer = 8 * 1024 * 1024) =>
        new(new ProcessEventOptions { Source = ProcessEventSourceKind.Connector, Capacity = capacity, ReceiveBufferBytes = receiveBuffer });

    // What happened before one more process ended was told before its end.
    private void UntilAllIsTold(EventWatch watch)
    {
        int pid = Storm(1).Single();
        watch.Until(one => one.Kind == ProcessEventKind.Exited && one.Pid == pid);
    }

    private HashSet<int> Storm(int count)
    {
        string storm = Path.Combine(_folder, "storm");
        if (!File.Exists(storm))
        {
            ChildProcess.MustShell($"gcc -O1 -o {storm} {Repository.PathOf("tests", "fixtures", "c", "storm.c")}");
        }

        int[] pids = [.. ChildProcess.Run(storm, [count.ToString(CultureInfo.InvariantCulture), "4"], TimeSpan.FromMinutes(3)).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => int.Parse(line, CultureInfo.InvariantCulture))];
        Assert.Equal(count, pids.Length);
        return [.. pids];
    }
}
