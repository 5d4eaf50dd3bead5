using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Windows;
using Sonde.Interop;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>What no Wine has: the list with its extension, protected and refused processes, silos, moved programs, signatures. Played by tests/fixtures/windows/fakent.c.</summary>
[Trait("pass", "protected")]
public sealed class ProtectedProcessTests
{
    private enum Scene
    {
        Usual,
        Refused,
        Growing,
        Damaged,
        Reused,
        Ours,
    }

    private static readonly Lazy<LookalikeDll> s_dll = new(() => LookalikeDll.ReplaceAll(
        typeof(NativeError).Assembly,
        Environment.GetEnvironmentVariable("SONDE_LOOKALIKE")!, // Play checks it
        "ntdll.dll", "wintrust.dll", "crypt32.dll", "api-ms-win-appmodel-runtime-l1-1-1.dll"));

    [Fact]
    public void The_list_holds_all_and_the_extension_is_read()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.EveryCycle);

        Assert.Equal([0, 4, 72, 600, 800, 900, 904, 1000, 1100, 1200, 1300, 1400, 1404, 1500], snapshot.Select(process => process.Pid));
        Assert.Equal((1000UL, 2000UL, 5000L), (Of(snapshot, 1000).DiskReadBytes.Value, Of(snapshot, 1000).DiskWriteBytes.Value, Of(snapshot, 1000).FootprintBytes.Value));
        Assert.Equal(20UL, Of(snapshot, 1000).Key.Start); // the sequence number
        Assert.Equal([0, 4, 72], snapshot.Where(process => process.IsKernel.Value).Select(process => process.Pid));
        Assert.Equal("System Idle Process", Of(snapshot, 0).Name);
        Assert.Equal(ProcessState.Stopped, Of(snapshot, 1000).State.Value);
        Assert.Equal(ProcessState.Sleeping, Of(snapshot, 600).State.Value);
    }

    [Fact]
    public void A_parent_that_is_younger_than_its_child_is_none()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.Core);

        Assert.Equal(1100, Of(snapshot, 1000).ParentPid.Value);
        Assert.Equal(ReadingStatus.None, Of(snapshot, 1000).Parent.Status);
        Assert.Contains("younger", Of(snapshot, 1000).Parent.Reason);
        Assert.Equal(600, Of(snapshot, 1100).Parent.Value.Pid);
    }

    [Fact]
    public void A_protected_process_tells_its_protection_command_line_and_token_and_keeps_its_memory_and_debugger_for_itself()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.All);
        ProcessRecord csrss = Of(snapshot, 600);
        WindowsProtection protection = csrss.Identity.Protection.Value;

        Assert.Equal(("light", "wintcb", false), (protection.ProtectionType.Value, protection.ProtectionSigner.Value, protection.IsProtectionAudited.Value));
        Assert.True(protection.IsCritical.Value);
        Assert.Equal("antimalware", Of(snapshot, 800).Identity.Protection.Value.ProtectionSigner.Value);
        Assert.Equal("none", Of(snapshot, 1000).Identity.Protection.Value.ProtectionType.Value);
        Assert.StartsWith("%SystemRoot%", csrss.Identity.Arguments.Value.Text);
        Assert.Equal(@"C:\windows\system32\csrss.exe", csrss.Identity.Image.Value.Path);
        Assert.Equal(ReadingStatus.Denied, csrss.Tracer.Status);
        Assert.Equal(ReadingStatus.Denied, csrss.Details.Environment.Status);
        Assert.Equal(ReadingStatus.Denied, csrss.Details.WorkingFolder.Status);
        Assert.Contains("protection", csrss.Details.WorkingFolder.Reason);
    }

    [Fact]
    public void A_refused_process_has_its_path_and_its_times_and_says_denied_for_the_rest()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.All);
        ProcessRecord denied = Of(snapshot, 900);

        Assert.Equal(@"C:\denied.exe", denied.Identity.Image.Value.Path);
        Assert.True(denied.UserTime.HasValue);
        Assert.All(
            new[]
            {
                denied.Identity.Arguments.Status, denied.Identity.User.Status, denied.Identity.Token.Status, denied.Identity.Protection.Status, denied.Identity.Container.Status,
                denied.Identity.Login.Status, denied.Identity.Image.Value.State.Status, denied.Details.Affinity.Status, denied.Details.Mitigations.Status, denied.Tracer.Status,
            },
            status => Assert.Equal(ReadingStatus.Denied, status));
        Assert.Contains("SeDebugPrivilege", denied.Identity.Token.Reason);
    }

    [Fact]
    public void Without_a_handle_a_path_whose_name_is_not_the_lists_belongs_to_another_process()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.Core | ProcessFields.Image);

        Assert.Equal(ReadingStatus.Gone, Of(snapshot, 904).Identity.Image.Status);
    }

    [Fact]
    public void What_ended_while_it_was_read_is_gone()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.Standard | ProcessFields.Folders);

        Assert.Equal(ReadingStatus.Gone, Of(snapshot, 1300).Identity.User.Status);
        Assert.Equal(ReadingStatus.Gone, Of(snapshot, 1300).Details.WorkingFolder.Status);
    }

    [Fact]
    public void The_system_itself_runs_no_program()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.Standard);

        foreach (int pid in (int[])[0, 4, 72])
        {
            Assert.Equal(ReadingStatus.None, Of(snapshot, pid).Identity.Image.Status);
            Assert.Equal(ReadingStatus.None, Of(snapshot, pid).Identity.Arguments.Status);
        }
    }

    [Fact]
    public void An_open_process_tells_kind_job_priorities_mitigations_folder_and_environment()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.All);
        ProcessRecord app = Of(snapshot, 1000);

        Assert.Equal((true, true, "win32"), (app.Identity.Protection.Value.IsFrozen.Value, app.Identity.Protection.Value.IsPackaged.Value, app.Identity.Protection.Value.Subsystem.Value));
        Assert.Equal(5u, app.Identity.Job.Value.JobId.Value);
        Assert.Equal(ReadingStatus.None, Of(snapshot, 600).Identity.Job.Value.JobId.Status);
        Assert.Equal(("normal", 5, "0,2"), (app.Details.IoPriority.Value, app.Details.PagePriority.Value, app.Details.Affinity.Value));
        Assert.Equal(["dep", "cfg"], app.Details.Mitigations.Value);
        Assert.Equal(@"C:\fake", app.Details.WorkingFolder.Value);
        Assert.Equal("A=1", app.Details.Environment.Value[0]);
        Assert.DoesNotContain("0123456789abcdef0123456789abcdef", app.Details.Environment.Value[1]);
        Assert.DoesNotContain("s3cret", app.Identity.Arguments.Value.Text);
        Assert.Equal(0, app.Tracer.Value); // somebody debugs it
        Assert.Equal(4096L, app.Details.MemoryMap.Value.Unique.Value);
        Assert.Equal(("wsl", true), (Of(snapshot, 1100).Identity.Protection.Value.Subsystem.Value, Of(snapshot, 1100).Identity.Protection.Value.IsWow64.Value));
        Assert.Equal(ReadingStatus.None, Of(snapshot, 1200).Identity.Arguments.Status); // an empty line
    }

    [Fact]
    public void The_limits_of_a_job_are_told_of_every_process_that_shares_it_with_this_one()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Ours, ProcessFields.Core | ProcessFields.Containment);
        string[] limits =
        [
            "memory 5000000000", "process-memory 1000", "processes 10", "process-user-time 2.5", "working-set 4096-8192", "processors 0-1", "priority below-normal",
            "kill-on-close", "cpu 25.5%", "no-clipboard-read", "no-exit-windows",
        ];

        Assert.Equal(limits, Of(snapshot, Environment.ProcessId).Identity.Job.Value.Limits.Value);
        Assert.Equal(limits, Of(snapshot, 1000).Identity.Job.Value.Limits.Value);
    }

    [Fact]
    public void The_limits_of_the_job_of_others_say_why_they_are_not_told()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.Core | ProcessFields.Containment);

        Assert.Equal(ReadingStatus.Unsupported, Of(snapshot, 1000).Identity.Job.Value.Limits.Status);
        Assert.Equal(ReadingStatus.None, Of(snapshot, 600).Identity.Job.Value.Limits.Status); // in no job
    }

    [Fact]
    public void A_packaged_process_tells_its_package_and_its_application()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.Core | ProcessFields.Containment);
        ProcessPackage package = Of(snapshot, 1000).Identity.Package.Value;

        Assert.Equal(("appx", "Fake.App_1.2.3.4_x64__8wekyb3d8bbwe", "Fake.App_8wekyb3d8bbwe!App"), (package.Kind, package.Name, package.Application.Value));
        Assert.Equal(ReadingStatus.None, Of(snapshot, 600).Identity.Package.Status);
    }

    [Fact]
    public void A_process_in_a_silo_is_in_a_container()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.Core | ProcessFields.Containment);

        Assert.Equal(("windows-silo", "7"), (Of(snapshot, 1200).Identity.Container.Value.Runtime, Of(snapshot, 1200).Identity.Container.Value.Id));
        Assert.Equal(ReadingStatus.None, Of(snapshot, 1000).Identity.Container.Status);
    }

    [Fact]
    public void A_program_that_was_moved_deleted_or_lies_elsewhere_is_told_apart()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Usual, ProcessFields.Core | ProcessFields.Image);

        Assert.Equal(ProcessImageState.Renamed, Of(snapshot, 1400).Identity.Image.Value.State.Value);
        Assert.Equal(ProcessImageState.Deleted, Of(snapshot, 1404).Identity.Image.Value.State.Value);
        Assert.Equal(ReadingStatus.Gone, Of(snapshot, 1404).Identity.Image.Value.File.Status);
        Assert.Equal(@"C:\mnt\bin\bash", Of(snapshot, 1100).Identity.Image.Value.Path); // a volume without a letter
        Assert.Equal(@"\\server\share\remote.exe", Of(snapshot, 1500).Identity.Image.Value.Path);
        Assert.Equal(ReadingStatus.NotCollected, Of(snapshot, 1500).Identity.Image.Value.File.Status);
        Assert.Contains("another machine", Of(snapshot, 1500).Identity.Image.Value.File.Reason);
    }

    [Fact]
    public void Handles_are_opened_once_a_process_and_all_given_back()
    {
        LookalikeDll dll = Play(Scene.Usual);
        using (var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.All }))
        {
            collector.Collect().Dispose();
            int first = dll.Call("fake_opened");
            collector.Collect().Dispose();

            Assert.Equal(8, first);
            Assert.Equal(first, dll.Call("fake_opened"));
        }

        Assert.Equal(0, dll.Call("fake_opened"));
        Assert.Equal(0, dll.Call("fake_verified"));
    }

    [Fact]
    public void A_list_that_outgrows_its_buffer_is_asked_for_again()
    {
        LookalikeDll dll = Play(Scene.Growing);
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core });
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal(ProcessEngineKind.SystemInformation, snapshot.Engine);
        Assert.Equal(14, snapshot.Count);
        Assert.InRange(dll.Call("fake_asked"), 4, 6);
    }

    [Fact]
    public void A_damaged_entry_is_counted_and_hides_no_other()
    {
        using ProcessSnapshot snapshot = Collect(Scene.Damaged, ProcessFields.Core);

        Gap gap = Assert.Single(snapshot.Gaps);
        Assert.Equal(("processes", ReadingStatus.Failed), (gap.What, gap.Status));
        Assert.Contains("damaged", gap.Reason);
        Assert.NotNull(snapshot.Find(1500));
    }

    [Fact]
    public void An_id_that_is_used_again_is_another_process()
    {
        Play(Scene.Reused);
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core });
        ProcessKey before;
        ProcessKey after;
        using (ProcessSnapshot first = collector.Collect())
        {
            before = Of(first, 1200).Key;
        }

        using (ProcessSnapshot second = collector.Collect())
        {
            after = Of(second, 1200).Key;
            Assert.Equal(ReadingStatus.NotCollected, Of(second, 1200).CpuPercent.Status); // its first reading
            Assert.NotEqual(before, after);
        }

        Assert.Equal((31UL, 99UL), (before.Start, after.Start));
    }

    [Fact]
    public void Where_the_list_is_refused_the_tool_help_snapshot_stands_in_and_says_why()
    {
        Play(Scene.Refused);
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core });
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal(ProcessEngineKind.ToolHelp, snapshot.Engine);
        Gap gap = Assert.Single(snapshot.Gaps);
        Assert.Equal(("engine system_information", ReadingStatus.Denied), (gap.What, gap.Status));
        Assert.Contains("NtQuerySystemInformation(5)", gap.Reason);
        ProcessRecord self = Of(snapshot, Environment.ProcessId);
        Assert.Equal(Path.GetFileName(Environment.ProcessPath), self.Name, ignoreCase: true);
        Assert.Equal(ReadingStatus.Unsupported, self.ResidentBytes.Status);
    }

    [Theory]
    [InlineData("embedded.exe", "MZ", "valid", "embedded")]
    [InlineData("changed.exe", "MZ", "bad_digest", "embedded")]
    [InlineData("plain.exe", "CZ", "valid", "catalog")]
    [InlineData("old.exe", "cZ", "valid", "catalog")]
    public void A_signature_is_that_in_the_file_or_that_of_a_catalog(string name, string contents, string status, string kind)
    {
        LookalikeDll dll = Play(Scene.Usual);
        using var folder = new Folder();

        ProcessSignature signature = new SignatureReader().Read(folder.Add(name, contents)).Value;

        Assert.Equal((status, kind), (signature.Status, signature.Kind.Value));
        Assert.Equal(("Fake Publisher", "Fake Root"), (signature.Signer.Value, signature.Issuer.Value));
        Assert.Equal(DateTime.FromFileTimeUtc(133_000_000_000_000_000), signature.Timestamp.Value.UtcDateTime);
        Assert.Equal((0, 0), (dll.Call("fake_verified"), dll.Call("fake_catalogs")));
    }

    [Fact]
    public void A_file_that_no_catalog_has_is_unsigned_and_one_that_cannot_be_read_is_not()
    {
        Play(Scene.Usual);
        using var folder = new Folder();
        var reader = new SignatureReader();

        ProcessSignature unsigned = reader.Read(folder.Add("plain.exe", "MZ")).Value;

        Assert.Equal("unsigned", unsigned.Status);
        Assert.Equal(ReadingStatus.None, unsigned.Signer.Status);
        Assert.Equal(ReadingStatus.Gone, reader.Read(folder.Image("missing.exe")).Status);
        Assert.Equal(ReadingStatus.Failed, reader.Read(folder.Add("locked.exe", "MZ")).Status);
    }

    [Fact]
    public void A_signature_is_kept_until_the_file_changes()
    {
        LookalikeDll dll = Play(Scene.Usual);
        using var folder = new Folder();
        var reader = new SignatureReader();
        Reading<ProcessImage> image = folder.Add("plain.exe", "CZ");
        Reading<ProcessSignature> first = reader.Read(image);

        Assert.Same(first.Value, reader.Read(image).Value);

        folder.Add("plain.exe", "MZ and more");
        Assert.Equal("unsigned", reader.Read(image).Value.Status);
        Assert.Equal(0, dll.Call("fake_verified"));
    }

    private static LookalikeDll Play(Scene scene)
    {
        Assert.SkipWhen(
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("SONDE_LOOKALIKE")),
            "SONDE_LOOKALIKE is not set: the lane compiles the DLL and runs these tests in a process of their own");
        s_dll.Value.Call("fake_play", (int)scene);
        return s_dll.Value;
    }

    private static ProcessSnapshot Collect(Scene scene, ProcessFields fields)
    {
        Play(scene);
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = fields });
        return collector.Collect();
    }

    private static ProcessRecord Of(ProcessSnapshot snapshot, int pid) => snapshot.Find(pid)!; // the scenes have it

    /// <summary>A folder of its own for files that are looked at.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sonde-");

        internal Reading<ProcessImage> Add(string name, string contents)
        {
            File.WriteAllText(Path.Combine(_folder.FullName, name), contents);
            return Image(name);
        }

        internal Reading<ProcessImage> Image(string name) =>
            new ProcessImage(Path.Combine(_folder.FullName, name), ProcessImageState.Present, Reading.None<string>(), Reading.None<ProcessImageFile>());

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
