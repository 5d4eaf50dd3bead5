using System.Text;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests.Processes;

/// <summary>The program's file: where the kernel says it lies, and whether that is still what runs. The look-alike holds the file as a kernel does.</summary>
public sealed class ImageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sonde-image-").FullName;

    private string Program => Path.Combine(_folder, "program");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_that_lies_where_it_lay_is_present_with_its_identity()
    {
        using LookAlike system = Running();

        ProcessImage image = Read();

        Assert.Equal((Program, ProcessImageState.Present), (image.Path, image.State.Value));
        Assert.Equal((7L, true), (image.File.Value.Size, image.File.Value.Inode > 0));
        Assert.Equal(File.GetLastWriteTimeUtc(Program), image.File.Value.Modified.UtcDateTime, TimeSpan.FromMicroseconds(1));
    }

    [Fact]
    public void A_file_that_is_gone_is_deleted_and_still_known()
    {
        using LookAlike system = Running();
        File.Delete(Program);

        ProcessImage image = Read();

        Assert.Equal((Program, ProcessImageState.Deleted), (image.Path, image.State.Value));
        Assert.Equal(7, image.File.Value.Size);
    }

    [Fact]
    public void Another_file_under_its_path_is_replaced()
    {
        using LookAlike system = Running();
        File.Move(Program, Program + ".old");
        File.WriteAllText(Program, "another one");

        ProcessImage image = Read();

        Assert.Equal(ProcessImageState.Replaced, image.State.Value);
        Assert.Equal(7, image.File.Value.Size); // of the file that runs, not of the other
    }

    [Fact]
    public void Of_a_process_of_another_a_present_file_proves_nothing_and_a_missing_one_does()
    {
        using LookAlike system = Running();
        system["as.uid"] = 501;
        ProcessImage present = Read();
        File.Delete(Program);
        ProcessImage missing = Read();

        Assert.Equal((Program, ReadingStatus.Denied, ReadingStatus.Denied), (present.Path, present.State.Status, present.File.Status));
        Assert.Equal(ProcessImageState.Deleted, missing.State.Value);
    }

    [Fact]
    public void A_file_without_any_name_left_is_known_by_the_path_that_was_executed()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        system.Put(300, "arguments", ArgumentBytes.Of("/tmp/started", ["a"]));

        ProcessImage image = Read();

        Assert.Equal(("/tmp/started", ProcessImageState.Deleted, ReadingStatus.Gone), (image.Path, image.State.Value, image.File.Status));
    }

    [Theory]
    [InlineData(5, false, ReadingStatus.Ok)]
    [InlineData(50, false, ReadingStatus.Failed)] // given up
    [InlineData(5, true, ReadingStatus.Failed)] // pieces without a size lead nowhere
    public void Other_mapped_files_below_the_program_are_passed(int others, bool isLooping, ReadingStatus expected)
    {
        using LookAlike system = Running();
        system["regions.before"] = others;
        system["regions.loop"] = isLooping ? 1 : 0;

        ProcessImage image = Read();

        Assert.Equal((expected, expected), (image.File.Status, image.State.Status));
        Assert.InRange(system["pidinfo22"], 1, 16);
    }

    [Theory]
    [InlineData(Darwin.EACCES, ReadingStatus.Denied)]
    [InlineData(Darwin.EIO, ReadingStatus.Failed)]
    public void A_path_that_may_not_be_looked_at_says_so(int error, ReadingStatus expected)
    {
        using LookAlike system = Running();
        system["fail.stat"] = error;

        Assert.Equal(expected, Read().State.Status);
    }

    [Theory]
    [InlineData(300, HostProcess.Ended, 0, ReadingStatus.None)]
    [InlineData(0, HostProcess.Alive, 0, ReadingStatus.None)]
    [InlineData(300, HostProcess.Alive, Darwin.EPERM, ReadingStatus.Denied)]
    [InlineData(300, HostProcess.Alive, Darwin.ENOENT, ReadingStatus.Gone)]
    public void A_process_without_a_file_says_why(int pid, int state, int error, ReadingStatus expected)
    {
        using var system = new LookAlike { ["fail.pidpath"] = error };
        system.Put(new HostProcess(pid, "a") { State = state });

        Assert.Equal(expected, TestCollector.Read(pid, ProcessFields.Image).Identity.Image.Status);
    }

    [Fact]
    public void The_kernel_is_never_asked_for_its_memory()
    {
        // xnu writes a crash report about who does.
        using var system = new LookAlike();
        system.Put(new HostProcess(0, "kernel_task"));
        system.Put(0, "image", Encoding.UTF8.GetBytes("/kernel"));

        _ = TestCollector.Read(0, ProcessFields.All);

        Assert.Equal(0, system["crash.reports"]);
    }

    private static ProcessImage Read() => TestCollector.Read(300, ProcessFields.Image).Identity.Image.Value;

    private LookAlike Running()
    {
        File.WriteAllText(Program, "program");
        var system = new LookAlike();
        system.Put(new HostProcess(300, "program"));
        system.Put(300, "image", Encoding.UTF8.GetBytes(Program));
        return system;
    }
}
