using System.Text;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests.Processes;

/// <summary>What is read once per process: user, command line, launchd label, login, coalition.</summary>
public sealed class ProcessIdentityTests
{
    [Fact]
    public void User_and_all_six_ids_come_from_the_table()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { User = 501, RealUser = 502, SavedUser = 0, UserGroup = 20, RealGroup = 12, SavedGroup = 80 });

        ProcessIdentity identity = TestCollector.Read(300, ProcessFields.User).Identity;

        Assert.Equal(("501", "ada"), (identity.User.Value.Id, identity.User.Value.Name.Value));
        UnixCredentials ids = identity.Credentials.Value;
        Assert.Equal((502u, 501u, 0u, 12u, 20u, 80u), (ids.User, ids.EffectiveUser, ids.SavedUser, ids.Group, ids.EffectiveGroup, ids.SavedGroup));
        Assert.Equal((ReadingStatus.Unsupported, ReadingStatus.Unsupported), (ids.FileSystemUser.Status, ids.FileSystemGroup.Status));
    }

    [Fact]
    public void A_user_is_looked_up_once_however_many_processes_are_his()
    {
        using var system = new LookAlike();
        for (int pid = 300; pid < 320; pid++)
        {
            system.Put(new HostProcess(pid, "a") { User = 502 });
        }

        using ProcessCollector collector = TestCollector.Open(ProcessFields.User);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.All(snapshot, process => Assert.Equal("gräfin", process.Identity.User.Value.Name.Value));
        Assert.Equal(1, system["getpwuid"]);
    }

    [Theory]
    [InlineData(777u, 0, 0, ReadingStatus.None)]
    [InlineData(501u, Darwin.EIO, 0, ReadingStatus.Failed)]
    [InlineData(501u, 0, 100_000, ReadingStatus.Ok)]
    [InlineData(501u, 0, 100_000_000, ReadingStatus.Failed)]
    public void A_name_that_is_missing_says_why_and_one_that_is_long_is_read(uint user, int error, int needs, ReadingStatus expected)
    {
        using var system = new LookAlike { ["fail.getpwuid"] = error, ["getpwuid.needs"] = needs };
        system.Put(new HostProcess(300, "a") { User = user });

        Assert.Equal(expected, TestCollector.Read(300, ProcessFields.User).Identity.User.Value.Name.Status);
    }

    [Fact]
    public void A_command_line_is_read_with_empty_arguments_and_without_secrets()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "mysql"));
        system.Put(300, "arguments", ArgumentBytes.Of("/usr/local/bin/mysql", ["mysql", "--password=hunter2", "", "ä b"], "HOME=/Users/ada"));

        ProcessArguments arguments = TestCollector.Read(300, ProcessFields.Arguments).Identity.Arguments.Value;

        Assert.Equal(4, arguments.Values.Count);
        Assert.Equal(("mysql", "", "ä b"), (arguments.Values[0], arguments.Values[2], arguments.Values[3]));
        Assert.DoesNotContain("hunter2", arguments.Text, StringComparison.Ordinal);
        Assert.Equal((1, false, false), (arguments.MaskedCount, arguments.IsTruncated, arguments.IsOneText));
    }

    [Fact]
    public void A_command_line_of_nearly_a_mebibyte_is_cut_where_the_options_say_and_keeps_its_beginning()
    {
        using var system = new LookAlike();
        string[] many = [.. Enumerable.Range(0, 60_000).Select(number => $"argument-{number}")];
        system.Put(new HostProcess(300, "xargs"));
        system.Put(300, "arguments", ArgumentBytes.Of("/usr/bin/true", ["true", .. many]));
        using ProcessCollector collector = TestCollector.Open(new ProcessCollectorOptions { Fields = ProcessFields.Arguments, MaxArgumentBytes = 4096 });

        using ProcessSnapshot snapshot = collector.Collect();
        ProcessArguments arguments = snapshot[0].Identity.Arguments.Value;

        Assert.True(arguments.IsTruncated);
        Assert.Equal(["true", "argument-0"], arguments.Values.Take(2));
        Assert.InRange(arguments.Text.Length, 4000, 4096);
    }

    [Fact]
    public void A_text_that_the_process_wrote_over_its_arguments_is_told_as_such()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "nginx"));
        system.Put(300, "arguments", ArgumentBytes.Of("/opt/nginx", ["nginx: worker process", "", ""]));

        ProcessArguments arguments = TestCollector.Read(300, ProcessFields.Arguments).Identity.Arguments.Value;

        Assert.Equal(["nginx: worker process"], arguments.Values);
        Assert.True(arguments.IsOneText);
    }

    [Theory]
    [InlineData(0, HostProcess.Alive, 300, ReadingStatus.Failed)] // the kernel has none
    [InlineData(501, HostProcess.Alive, 300, ReadingStatus.Denied)] // another's: EINVAL too
    [InlineData(0, HostProcess.Ended, 300, ReadingStatus.None)]
    [InlineData(0, HostProcess.Alive, 0, ReadingStatus.None)] // the kernel itself
    public void EINVAL_for_a_command_line_is_told_apart(int asker, int state, int pid, ReadingStatus expected)
    {
        using var system = new LookAlike { ["as.uid"] = asker };
        system.Put(new HostProcess(pid, "a") { State = state });

        Reading<ProcessArguments> arguments = TestCollector.Read(pid, ProcessFields.Arguments).Identity.Arguments;

        Assert.Equal(expected, arguments.Status);
        Assert.NotEmpty(arguments.Reason!); // not a value
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 47, 98 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 47, 98, 0, 97, 0 })]
    public void Bytes_that_are_no_command_line_are_a_failure(byte[] bytes)
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        system.Put(300, "arguments", bytes);

        Assert.Equal(ReadingStatus.Failed, TestCollector.Read(300, ProcessFields.Arguments).Identity.Arguments.Status);
    }

    [Theory]
    [InlineData(65_536)]
    [InlineData(1 << 30)] // more than the kernel would take
    [InlineData(-1)]
    public void The_buffer_is_as_long_as_the_kernel_says_and_never_longer_than_it_takes(int argmax)
    {
        using var system = new LookAlike { ["argmax"] = argmax };
        system.Put(new HostProcess(300, "a"));
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/a", ["a", "b"]));

        Assert.Equal(["a", "b"], TestCollector.Read(300, ProcessFields.Arguments).Identity.Arguments.Value.Values);
    }

    [Theory]
    [InlineData(1, "XPC_SERVICE_NAME=com.apple.mds", "com.apple.mds", ReadingStatus.Ok, ReadingStatus.Ok)]
    [InlineData(299, "XPC_SERVICE_NAME=com.apple.mds", "com.apple.mds", ReadingStatus.Ok, ReadingStatus.None)] // inherited from the job
    [InlineData(1, "XPC_SERVICE_NAME=0", null, ReadingStatus.None, ReadingStatus.None)]
    [InlineData(1, "HOME=/", null, ReadingStatus.None, ReadingStatus.None)]
    [InlineData(1, "XPC_SERVICE_NAMES=x", null, ReadingStatus.None, ReadingStatus.None)]
    public void The_launchd_label_is_what_launchd_told_the_job(int parent, string variable, string? label, ReadingStatus unit, ReadingStatus services)
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "mds") { Parent = parent });
        system.Put(300, "arguments", ArgumentBytes.Of("/usr/libexec/mds", ["mds"], "PATH=/usr/bin", variable));

        ProcessIdentity identity = TestCollector.Read(300, ProcessFields.Containment | ProcessFields.Services).Identity;

        Assert.Equal((unit, services), (identity.Unit.Value.Name.Status, identity.Services.Status));
        Assert.Equal(label, identity.Unit.Value.Name.HasValue ? identity.Unit.Value.Name.Value : null);
        Assert.Equal(services == ReadingStatus.Ok ? [label!] : [], identity.Services.HasValue ? identity.Services.Value : []);
    }

    [Fact]
    public void An_environment_that_is_withheld_is_denied_and_not_empty()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "restricted") { CodeSigning = Darwin.CS_SIGNED | Darwin.CS_VALID | Darwin.CS_RESTRICT });
        system.Put(new HostProcess(301, "plain") { CodeSigning = Darwin.CS_SIGNED | Darwin.CS_VALID });
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/a", ["a"]));
        system.Put(301, "arguments", ArgumentBytes.Of("/bin/a", ["a"]));
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Containment | ProcessFields.Environment);

        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal([ReadingStatus.Denied, ReadingStatus.None], snapshot.Select(process => process.Identity.Unit.Value.Name.Status));
        Assert.Equal([ReadingStatus.Denied, ReadingStatus.None], snapshot.Select(process => process.Details.Environment.Status));
        Assert.Contains("system integrity protection", snapshot[0].Details.Environment.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_question_to_the_kernel_answers_arguments_image_and_label()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/a", ["a"], "XPC_SERVICE_NAME=job"));

        _ = TestCollector.Read(300, ProcessFields.Standard);

        Assert.Equal(1, system["arguments.reads"]);
    }

    [Fact]
    public void The_login_comes_from_the_audit_token_and_no_port_is_kept()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "shell") { AuditUser = 501, AuditSession = 100_013 });
        system.Put(new HostProcess(301, "daemon") { AuditSession = 100_000 });
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Login);

        using ProcessSnapshot snapshot = collector.Collect();
        ProcessLogin shell = snapshot[0].Identity.Login.Value;
        ProcessLogin daemon = snapshot[1].Identity.Login.Value;

        Assert.Equal((501u, 100_013ul), (shell.User.Value, shell.Session.Value));
        Assert.Equal((ReadingStatus.None, 100_000ul), (daemon.User.Status, daemon.Session.Value));
    }

    [Theory]
    [InlineData("as.uid", 501, HostProcess.Alive, ReadingStatus.Denied)]
    [InlineData("fail.task_info", 4, HostProcess.Alive, ReadingStatus.Failed)]
    [InlineData("token.skew", 1, HostProcess.Alive, ReadingStatus.Gone)] // the token of another process
    [InlineData("nothing", 1, HostProcess.Ended, ReadingStatus.None)]
    public void A_login_that_is_not_told_says_why(string setting, int value, int state, ReadingStatus expected)
    {
        using var system = new LookAlike { [setting] = value };
        system.Put(new HostProcess(300, "a") { User = 502, AuditUser = 502, State = state });

        Assert.Equal(expected, TestCollector.Read(300, ProcessFields.Login).Identity.Login.Status);
    }

    [Fact]
    public void Coalitions_and_the_responsible_process_are_told_of_processes_of_others_too()
    {
        using var system = new LookAlike { ["as.uid"] = 501 };
        system.Put(new HostProcess(300, "a") { User = 502, Coalition = 812, JetsamCoalition = 813, Responsible = 290 });

        MacOSCoalition coalition = TestCollector.Read(300, ProcessFields.Containment).Identity.Coalition.Value;

        Assert.Equal((812ul, 813ul, 290), (coalition.ResourceId.Value, coalition.JetsamId.Value, coalition.ResponsiblePid.Value));
    }

    [Fact]
    public void What_is_in_no_coalition_and_what_the_system_refuses_look_different()
    {
        using var system = new LookAlike { ["fail.pidinfo20.301"] = Darwin.EPERM, ["fail.responsibility"] = Darwin.EPERM };
        system.Put(new HostProcess(300, "a") { Coalition = 0, JetsamCoalition = 0 });
        system.Put(new HostProcess(301, "b"));
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Containment);

        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal([ReadingStatus.None, ReadingStatus.Denied], snapshot.Select(process => process.Identity.Coalition.Value.ResourceId.Status));
        Assert.All(snapshot, process => Assert.Equal(ReadingStatus.Denied, process.Identity.Coalition.Value.ResponsiblePid.Status));
    }

    [Fact]
    public void A_process_that_ends_while_its_identity_is_read_keeps_nothing()
    {
        // The engine asks for the unique id once, the reader before and after: the third answer is that of another process.
        using var system = new LookAlike { ["reuse.300"] = 3 };
        system.Put(new HostProcess(300, "a") { User = 501 });

        ProcessRecord process = TestCollector.Read(300, ProcessFields.User);

        Assert.Equal((1300ul, ReadingStatus.Gone), (process.Key.Start, process.Identity.User.Status));
    }

    [Fact]
    public void Another_image_in_the_same_process_is_read_anew()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { ImageVersion = 1 });
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/sh", ["sh"]));
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Arguments);
        using ProcessSnapshot before = collector.Collect();
        system.Put(new HostProcess(300, "a") { ImageVersion = 2 });
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/sh", ["exec"]));

        using ProcessSnapshot after = collector.Collect();

        Assert.Equal(("sh", "exec"), (before[0].Identity.Arguments.Value.Text, after[0].Identity.Arguments.Value.Text));
        Assert.Equal(before[0].Key, after[0].Key);
    }

    [Fact]
    public void What_other_systems_have_says_that_macOS_has_not()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));

        ProcessIdentity identity = TestCollector.Read(300, ProcessFields.Standard).Identity;

        foreach ((ReadingStatus status, string? reason) in (ReadOnlySpan<(ReadingStatus, string?)>)
            [
                (identity.Cgroup.Status, identity.Cgroup.Reason), (identity.Container.Status, identity.Container.Reason), (identity.Pod.Status, identity.Pod.Reason),
                (identity.Job.Status, identity.Job.Reason), (identity.Capabilities.Status, identity.Capabilities.Reason), (identity.Token.Status, identity.Token.Reason),
                (identity.Seccomp.Status, identity.Seccomp.Reason), (identity.Namespaces.Status, identity.Namespaces.Reason),
                (identity.Protection.Status, identity.Protection.Reason), (identity.OriginalParent.Status, identity.OriginalParent.Reason),
                (identity.Package.Status, identity.Package.Reason), (identity.NoNewPrivileges.Status, identity.NoNewPrivileges.Reason),
            ])
        {
            Assert.Equal(ReadingStatus.Unsupported, status);
            Assert.NotEqual("nobody asked for it", reason);
        }
    }

    [Fact]
    public void Nothing_that_was_asked_for_is_left_without_an_answer()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/a", ["a"], "A=b"));
        system.Put(300, "image", Encoding.UTF8.GetBytes("/bin/sh"));

        ProcessRecord process = TestCollector.Read(300, ProcessFields.All);

        Assert.Empty(Unanswered(process.Identity).Concat(Unanswered(process.Details)));
    }

    private static IEnumerable<string> Unanswered(object tier)
    {
        foreach (System.Reflection.PropertyInfo property in tier.GetType().GetProperties())
        {
            object? reading = property.GetValue(tier);
            if (property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Reading<>)
                && reading?.GetType().GetProperty("Reason")!.GetValue(reading) is "nobody asked for it") // every reading has it
            {
                yield return property.Name;
            }
        }
    }
}
