using System.Text;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests.Processes;

/// <summary>What is read on request: folders, environment, groups, architecture.</summary>
public sealed class ProcessDetailsTests
{
    [Fact]
    public void Folders_are_read_and_a_root_that_was_not_changed_is_the_root()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        system.Put(new HostProcess(301, "jailed"));
        system.Put(300, "working", Encoding.UTF8.GetBytes("/Users/ada/ä"));
        system.Put(301, "root", [.. Enumerable.Repeat((byte)'r', 1024)]); // no zero at its end
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Folders);

        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal(("/Users/ada/ä", "/"), (snapshot[0].Details.WorkingFolder.Value, snapshot[0].Details.RootFolder.Value));
        Assert.Equal((ReadingStatus.None, 1024), (snapshot[1].Details.WorkingFolder.Status, snapshot[1].Details.RootFolder.Value.Length));
    }

    [Fact]
    public void Folders_and_environment_of_others_are_denied()
    {
        using var system = new LookAlike { ["as.uid"] = 501 };
        system.Put(new HostProcess(300, "a") { User = 502 });
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/a", ["a"], "SECRET=1"));

        ProcessDetails details = TestCollector.Read(300, ProcessFields.Folders | ProcessFields.Environment | ProcessFields.ImageDetails).Details;

        Assert.Equal((ReadingStatus.Denied, ReadingStatus.Denied, ReadingStatus.Denied), (details.WorkingFolder.Status, details.RootFolder.Status, details.Environment.Status));
        Assert.Equal((ReadingStatus.Denied, true), (details.ImageDetails.Value.Architecture.Status, details.ImageDetails.Value.IsTranslated.HasValue));
    }

    [Fact]
    public void The_environment_ends_where_the_words_of_the_kernel_begin_and_its_secrets_are_masked()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/a", ["a"], "HOME=/Users/ada", "AWS_SECRET_ACCESS_KEY=hunter2hunter2"));

        IReadOnlyList<string> environment = TestCollector.Read(300, ProcessFields.Environment).Details.Environment.Value;

        Assert.Equal(2, environment.Count);
        Assert.Equal("HOME=/Users/ada", environment[0]);
        Assert.DoesNotContain("hunter2", environment[1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_environment_that_nobody_asked_for_is_not_kept()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/a", ["a"], "HOME=/Users/ada"));

        ProcessRecord process = TestCollector.Read(300, ProcessFields.Standard);

        Assert.Equal(ReadingStatus.NotCollected, process.Details.Environment.Status);
        Assert.DoesNotContain("HOME", process.Identity.Arguments.Value.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_environment_that_is_too_long_is_cut_and_says_so()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        system.Put(300, "arguments", ArgumentBytes.Of("/bin/a", ["a"], [.. Enumerable.Range(0, 1000).Select(number => $"V{number}=x")]));
        using ProcessCollector collector = TestCollector.Open(new ProcessCollectorOptions { Fields = ProcessFields.Environment, MaxArgumentBytes = 64 });

        using ProcessSnapshot snapshot = collector.Collect();
        IReadOnlyList<string> environment = snapshot[0].Details.Environment.Value;

        Assert.InRange(environment.Count, 8, 16);
        Assert.EndsWith(" … (cut)", environment[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(16, 16)]
    [InlineData(30_000, 16)]
    [InlineData(-1, 0)]
    public void Groups_are_as_many_as_the_row_has_and_no_more_than_it_can(int declared, int expected)
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { UserGroup = 20, Groups = declared });

        Reading<IReadOnlyList<string>> groups = TestCollector.Read(300, ProcessFields.Groups).Details.Groups;

        Assert.Equal(expected == 0 ? ReadingStatus.None : ReadingStatus.Ok, groups.Status);
        Assert.Equal(expected, groups.HasValue ? groups.Value.Count : 0);
        Assert.Equal(expected > 0 ? "20" : null, groups.HasValue ? groups.Value[0] : null);
    }

    [Theory]
    [InlineData(0x0100000C, 0, 0, "aarch64", false)]
    [InlineData(0x0100000C, unchecked((int)0x80000002), 0, "aarch64e", false)]
    [InlineData(0x01000007, 3, Darwin.P_TRANSLATED, "x86-64", true)]
    [InlineData(7, 3, 0, "i386", false)]
    [InlineData(0x12, 0, 0, "cpu type 0x00000012", false)]
    public void The_processor_is_named_as_on_other_systems_and_translation_is_told(int type, int subtype, int flags, string expected, bool isTranslated)
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { CpuType = type, CpuSubtype = subtype, Flags = flags });

        ProcessImageDetails details = TestCollector.Read(300, ProcessFields.ImageDetails).Details.ImageDetails.Value;

        Assert.Equal((expected, isTranslated), (details.Architecture.Value, details.IsTranslated.Value));
    }

    [Fact]
    public void Owner_and_mode_are_those_of_the_file()
    {
        using var system = new LookAlike();
        string program = Path.GetTempFileName();
        try
        {
            File.SetUnixFileMode(program, UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
            system.Put(new HostProcess(300, "a"));
            system.Put(300, "image", Encoding.UTF8.GetBytes(program));

            ProcessImageDetails details = TestCollector.Read(300, ProcessFields.ImageDetails).Details.ImageDetails.Value;

            Assert.Equal("4501", details.Mode.Value);
            Assert.True(uint.TryParse(details.Owner.Value, out _));
        }
        finally
        {
            File.Delete(program);
        }

        Assert.Equal(ReadingStatus.Gone, TestCollector.Read(300, ProcessFields.ImageDetails).Details.ImageDetails.Value.Mode.Status);
    }

    [Fact]
    public void A_process_that_is_another_one_by_now_has_no_details()
    {
        using var system = new LookAlike { ["reuse.300"] = 2 };
        system.Put(new HostProcess(300, "a"));

        Assert.Equal(ReadingStatus.Gone, TestCollector.Read(300, ProcessFields.Groups).Details.Groups.Status);
    }
}
