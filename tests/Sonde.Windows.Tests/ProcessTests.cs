using System.Diagnostics;
using System.Security.Principal;
using Sonde.Host;
using Sonde.Host.Privileges;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Windows;
using Sonde.Host.Services;
using Sonde.Interop.Windows;

namespace Sonde.Windows.Tests;

/// <summary>The collector of processes against what the runtime and the system say in other ways.</summary>
/// <remarks>The runtime's own Process switches on SeDebugPrivilege for good, so these tests have a process of their own.</remarks>
[Trait("pass", "processes")]
public sealed class ProcessTests
{
    private const int Rounds = 20;

    [Fact]
    public void The_processes_are_those_that_the_runtime_lists()
    {
        HashSet<int> before = RuntimeIds();
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core });
        using ProcessSnapshot snapshot = collector.Collect();
        HashSet<int> after = RuntimeIds();

        int[] listed = [.. snapshot.Select(process => process.Pid)];

        // What was there before and after was there in between; what is there now was there at one of both.
        Assert.Empty(before.Intersect(after).Except(listed));
        Assert.Empty(listed.Except(before).Except(after));
        Assert.Equal(ProcessEngineKind.SystemInformation, snapshot.Engine);
    }

    [Fact]
    public void This_process_is_what_it_knows_of_itself()
    {
        using var self = Process.GetCurrentProcess();
        using var user = WindowsIdentity.GetCurrent();

        using ProcessSnapshot snapshot = Collect(ProcessFields.All & ~ProcessFields.Signature);
        ProcessRecord process = Own(snapshot);

        Assert.Equal(Path.GetFileName(Environment.ProcessPath), process.Name, ignoreCase: true);
        Assert.Equal(self.StartTime.ToUniversalTime(), process.StartTime.Value.UtcDateTime, TimeSpan.FromMilliseconds(1));
        Assert.Equal(self.SessionId, (int)process.TerminalSession.Value);
        Assert.Equal(Environment.ProcessPath, process.Identity.Image.Value.Path, ignoreCase: true);
        Assert.Equal(ProcessImageState.Present, process.Identity.Image.Value.State.Value);
        Assert.Equal(new FileInfo(Environment.ProcessPath!).Length, process.Identity.Image.Value.File.Value.Size); // a program that runs has a path
        Assert.Equal(user.User!.Value, process.Identity.User.Value.Id); // a process always has a user
        Assert.Equal(user.Name, process.Identity.User.Value.Name.Value);
        Assert.Equal(Environment.CurrentDirectory, process.Details.WorkingFolder.Value, ignoreCase: true);
        Assert.Contains($"SONDE_ROOT={Environment.GetEnvironmentVariable("SONDE_ROOT")}", process.Details.Environment.Value);
        Assert.Equal("x86-64", process.Details.ImageDetails.Value.Architecture.Value);
        Assert.True(process.ResidentBytes.Value > 1_000_000);
        Assert.True(process.Threads.Value > 1);
    }

    [Fact]
    public void The_token_says_what_the_report_of_privileges_says()
    {
        PrivilegeReport report = ProcessPrivileges.Create().Read();

        using ProcessSnapshot snapshot = Collect(ProcessFields.Core | ProcessFields.Privileges);
        WindowsToken token = Own(snapshot).Identity.Token.Value;

        Assert.Equal(report.IsElevated.Value, token.IsElevated.Value);
        Assert.Equal(report.IntegrityLevel.Value, token.IntegrityLevel.Value, ignoreCase: true);
        Assert.Equal(report.Rights.Value.Select(right => (right.Name, right.Enabled)), token.Privileges.Value.Select(privilege => (privilege.Name, privilege.IsEnabled)));
    }

    [Fact]
    public void Processes_of_the_system_have_a_path_a_user_privileges_and_a_command_line()
    {
        using ProcessSnapshot snapshot = Collect(ProcessFields.Standard);
        ProcessRecord services = snapshot.First(process => process.Name.Equals("services.exe", StringComparison.OrdinalIgnoreCase));

        Assert.EndsWith(@"\services.exe", services.Identity.Image.Value.Path, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("S-1-", services.Identity.User.Value.Id);
        Assert.NotEmpty(services.Identity.Token.Value.Privileges.Value);
        Assert.Contains("services.exe", services.Identity.Arguments.Value.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(snapshot, child => child.Parent.HasValue && child.Parent.Value == services.Key);
    }

    [Fact]
    public void Services_are_those_that_the_service_manager_puts_into_the_process()
    {
        // Wine's services start, end and start again meanwhile: once, both readings are of the same moment.
        using var services = SystemServices.Open();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                HashSet<(int, string)> known = [.. services.Collect().Services.Where(service => service.ProcessId.HasValue).Select(service => (service.ProcessId.Value, service.Name))];
                using ProcessSnapshot seen = Collect(ProcessFields.Core | ProcessFields.Services);
                (int, string)[] hosted = [.. seen.Where(process => process.Identity.Services.HasValue).SelectMany(process => process.Identity.Services.Value.Select(name => (process.Pid, name)))];
                return hosted.Length > 0 && hosted.All(known.Contains);
            },
            TimeSpan.FromSeconds(30)));

        using ProcessSnapshot snapshot = Collect(ProcessFields.Core | ProcessFields.Services);
        Assert.Equal(ReadingStatus.None, Own(snapshot).Identity.Services.Status);
    }

    [Fact]
    public void A_child_is_seen_with_its_parent_its_masked_command_line_and_its_folder_and_its_handle_goes_with_it()
    {
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Standard | ProcessFields.Folders });
        int pid;
        using (var child = new Child("/d /q /k rem --password hunter2", Path.GetTempPath()))
        {
            pid = child.Pid;
            using ProcessSnapshot during = collector.Collect();
            ProcessRecord found = during.Find(pid)!; // asserted by its use

            Assert.Equal("cmd.exe", found.Name);
            Assert.Equal(Own(during).Key, found.Parent.Value);
            Assert.DoesNotContain("hunter2", found.Identity.Arguments.Value.Text);
            Assert.True(found.Identity.Arguments.Value.MaskedCount > 0);
            Assert.Equal(Path.GetTempPath().TrimEnd('\\'), found.Details.WorkingFolder.Value, ignoreCase: true);
        }

        using ProcessSnapshot after = collector.Collect();
        Assert.Null(after.Find(pid));
    }

    [Fact]
    public void Secrets_are_shown_when_they_are_asked_for()
    {
        using var child = new Child("/d /q /k rem --password hunter2", Path.GetTempPath());
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core | ProcessFields.Arguments, ShowSecrets = true });
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Contains("hunter2", snapshot.Find(child.Pid)!.Identity.Arguments.Value.Text); // it lives
    }

    [Fact]
    public void A_process_that_ended_or_whose_id_is_anothers_is_gone_and_not_read()
    {
        using var handles = new ProcessHandles(NtDll.PROCESS_QUERY_LIMITED_INFORMATION);
        using (var child = new Child("/d /q /k", Path.GetTempPath()))
        {
            Assert.NotNull(handles.Get(child.Pid, created: null).Handle);
            Assert.True(handles.Get(child.Pid, created: 12345).IsGone);
        }

        handles.Prune([]);

        Assert.Equal(0, handles.Count);
        Assert.True(handles.Get(3, created: null).IsGone); // ids are multiples of four
    }

    [Fact]
    public void Processor_use_is_measured_against_the_time_that_passed()
    {
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core });
        collector.Collect().Dispose();
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1))
        {
            Thread.SpinWait(1000);
        }

        using ProcessSnapshot snapshot = collector.Collect();

        Assert.InRange(Own(snapshot).CpuPercent.Value, 1, 100.0 * Environment.ProcessorCount + 5);
    }

    [Fact]
    public void A_cycle_in_which_nothing_started_allocates_nothing()
    {
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.EveryCycle });
        long least = long.MaxValue;

        // Processes of the system come and go, and loops are compiled anew: one quiet run of cycles is the proof.
        for (int attempt = 0; attempt < 50 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int round = 0; round < Rounds; round++)
            {
                collector.Collect().Dispose();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void What_other_systems_have_says_so()
    {
        using ProcessSnapshot snapshot = Collect(ProcessFields.Standard);
        ProcessIdentity identity = Own(snapshot).Identity;

        Assert.Equal(ReadingStatus.Unsupported, identity.Cgroup.Status);
        Assert.Equal(ReadingStatus.Unsupported, identity.Capabilities.Status);
        Assert.Equal(ReadingStatus.Unsupported, identity.CodeSigning.Status);
        Assert.False(string.IsNullOrEmpty(identity.Label.Reason));
    }

    [Fact]
    public void Every_field_of_every_process_has_a_value_or_a_reason_and_none_is_forgotten()
    {
        using ProcessSnapshot snapshot = Collect(ProcessFields.All & ~ProcessFields.Signature);
        foreach (ProcessRecord process in snapshot)
        {
            Assert.NotEqual(ReadingStatus.NotCollected, process.Identity.Services.Status);
            Assert.NotEqual(ReadingStatus.NotCollected, process.Identity.Image.Status);
            Assert.NotEqual(ReadingStatus.NotCollected, process.Identity.Token.Status);
            Assert.NotEqual(ReadingStatus.NotCollected, process.Identity.Protection.Status);
            Assert.NotEqual(ReadingStatus.NotCollected, process.Identity.Container.Status);
            Assert.NotEqual(ReadingStatus.NotCollected, process.Details.Mitigations.Status);
            Assert.NotEqual(ReadingStatus.NotCollected, process.Details.Affinity.Status);
        }
    }

    private static ProcessSnapshot Collect(ProcessFields fields)
    {
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = fields });
        return collector.Collect();
    }

    private static ProcessRecord Own(ProcessSnapshot snapshot) => snapshot.Find(Environment.ProcessId)!; // who collects is there

    private static HashSet<int> RuntimeIds()
    {
        Process[] all = Process.GetProcesses();
        HashSet<int> ids = [.. all.Select(process => process.Id)];
        Array.ForEach(all, process => process.Dispose());
        return ids;
    }

    /// <summary>A command interpreter that waits for its input until it is disposed.</summary>
    private sealed class Child : IDisposable
    {
        private readonly Process _process;

        internal Child(string arguments, string folder) => _process = Process.Start(new ProcessStartInfo("cmd.exe", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        })!; // not a document

        internal int Pid => _process.Id;

        public void Dispose()
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(30)))
            {
                _process.Kill();
            }

            _process.StandardOutput.Dispose();
            _process.Dispose();
        }
    }
}
