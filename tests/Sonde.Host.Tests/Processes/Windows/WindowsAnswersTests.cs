using System.Text;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Windows;

namespace Sonde.Host.Tests.Processes.Windows;

/// <summary>What single numbers and names of Windows mean.</summary>
public sealed class WindowsAnswersTests
{
    [Theory]
    [InlineData(0x00, "none", "none", false)]
    [InlineData(0x31, "light", "antimalware", false)] // MsMpEng.exe
    [InlineData(0x41, "light", "lsa", false)] // lsass.exe with RunAsPPL
    [InlineData(0x61, "light", "wintcb", false)] // csrss.exe, services.exe
    [InlineData(0x72, "full", "winsystem", false)] // System
    [InlineData(0x19, "light", "authenticode", true)]
    [InlineData(0xF7, "7", "15", false)]
    public void A_protection_level_is_type_signer_and_audit(byte level, string type, string signer, bool isAudited) =>
        Assert.Equal((type, signer, isAudited), ProtectionAnswers.Decode(level));

    [Theory]
    [InlineData(0u, "untrusted")]
    [InlineData(0x2000u, "medium")]
    [InlineData(0x2100u, "medium-plus")]
    [InlineData(0x2010u, "0x2010")]
    [InlineData(0x5000u, "protected")]
    public void An_integrity_level_has_a_name_or_its_number(uint rid, string name) => Assert.Equal(name, TokenWords.LevelOf(rid));

    [Theory]
    [InlineData(3u, true, true, false)]
    [InlineData(2u, true, false, false)]
    [InlineData(0u, false, false, false)]
    [InlineData(4u, false, false, true)]
    public void A_privilege_says_whether_it_counts_now_from_the_start_or_nevermore(uint attributes, bool isEnabled, bool isDefault, bool isRemoved) =>
        Assert.Equal(new WindowsPrivilege("SeDebugPrivilege", isEnabled, isDefault, isRemoved), TokenWords.ToPrivilege("SeDebugPrivilege", attributes));

    [Fact]
    public void Mitigations_are_named_by_policy_and_bit_and_unknown_bits_are_left_out()
    {
        var names = new List<string>();

        MitigationAnswers.AddNames(0, 0x3, names);
        MitigationAnswers.AddNames(7, 0xFFFF0001, names);
        MitigationAnswers.AddNames(99, 0xFFFFFFFF, names);

        Assert.Equal(["dep", "dep-no-atl-thunks", "cfg"], names);
    }

    [Theory]
    [InlineData(0UL, "")]
    [InlineData(1UL, "0")]
    [InlineData(0x10FUL, "0-3,8")]
    [InlineData(ulong.MaxValue, "0-63")]
    [InlineData(1UL << 63, "63")]
    public void Processors_are_listed_as_ranges(ulong mask, string expected) => Assert.Equal(expected, SchedulingWords.AffinityOf(mask));

    [Theory]
    [InlineData(@"\Device\HarddiskVolume3\Windows\a.exe", @"C:\Windows\a.exe")]
    [InlineData(@"\Device\HarddiskVolume30\a.exe", @"\\?\GLOBALROOT\Device\HarddiskVolume30\a.exe")]
    [InlineData(@"\device\harddiskvolume4\a.exe", @"D:\a.exe")]
    [InlineData(@"\Device\Mup\server\share\a.exe", @"\\server\share\a.exe")]
    [InlineData(@"\SystemRoot\System32\smss.exe", @"C:\Windows\System32\smss.exe")]
    [InlineData(@"\??\C:\a.exe", @"C:\a.exe")]
    [InlineData(@"\??\UNC\server\share\a.exe", @"\\server\share\a.exe")]
    [InlineData("MemCompression", "MemCompression")]
    public void A_path_of_the_kernel_becomes_one_that_programs_can_open(string native, string expected) =>
        Assert.Equal(expected, new NativePaths(@"C:\Windows", Drive).ToDosPath(native));

    [Fact]
    public void A_drive_that_came_later_is_found_and_the_letters_are_read_once_a_cycle_at_most()
    {
        int asked = 0;
        string? device = null;
        var paths = new NativePaths(@"C:\Windows", drive =>
        {
            asked += drive == "E:" ? 1 : 0;
            return drive == "E:" ? device : Drive(drive);
        });
        paths.BeginCycle();
        paths.ToDosPath(@"\Device\HarddiskVolume9\a.exe");
        paths.ToDosPath(@"\Device\HarddiskVolume9\b.exe");
        Assert.Equal(1, asked);
        device = @"\Device\HarddiskVolume9";

        paths.BeginCycle();

        Assert.Equal(@"E:\a.exe", paths.ToDosPath(@"\Device\HarddiskVolume9\a.exe"));
        Assert.Equal(2, asked);
    }

    [Theory]
    [InlineData(@"\\server\share\a.exe", true)]
    [InlineData(@"\\?\GLOBALROOT\Device\HarddiskVolume3\a.exe", false)]
    [InlineData(@"C:\a.exe", false)]
    public void A_file_on_another_machine_is_known_as_such(string path, bool expected) => Assert.Equal(expected, NativePaths.IsRemote(path));

    [Fact]
    public void A_user_of_a_virtual_machine_names_the_machine()
    {
        var user = new ProcessUser("S-1-5-83-1-1-2-3-4", @"NT VIRTUAL MACHINE\0A0B0C0D-1111-2222-3333-444455556666");

        ProcessContainer? machine = WindowsContainers.OfMachine(user);

        Assert.Equal(("hyper-v", "0a0b0c0d-1111-2222-3333-444455556666"), (machine?.Runtime, machine?.Id));
        Assert.Null(WindowsContainers.OfMachine(new ProcessUser("S-1-5-18", @"NT VIRTUAL MACHINE\0A0B0C0D-1111-2222-3333-444455556666")));
    }

    [Fact]
    public void A_silo_is_a_container_none_is_none_and_a_refusal_stays_one()
    {
        Reading<ProcessUser> user = new ProcessUser("S-1-5-18", "SYSTEM");

        Assert.Equal(("windows-silo", "7"), (WindowsContainers.Of(7u, user).Value.Runtime, WindowsContainers.Of(7u, user).Value.Id));
        Assert.Equal(ReadingStatus.None, WindowsContainers.Of(Reading.None<uint>(), user).Status);
        Assert.Equal(ReadingStatus.Denied, WindowsContainers.Of(Reading.Denied<uint>("no"), user).Status);
    }

    [Fact]
    public void The_run_of_the_system_keeps_its_name_when_the_clock_is_set()
    {
        Guid name = WindowsBoot.Name(5, 1000, 0);

        Assert.Equal(name, WindowsBoot.Name(5, 1500, 500));
        Assert.Equal(name, WindowsBoot.Name(5, 400, unchecked((ulong)-600)));
        Assert.NotEqual(name, WindowsBoot.Name(6, 1000, 0));
        Assert.NotEqual(name, WindowsBoot.Name(5, 1001, 0));
    }

    [Theory]
    [InlineData(unchecked((int)0xC0000022), ReadingStatus.Denied)]
    [InlineData(unchecked((int)0xC000000B), ReadingStatus.Gone)]
    [InlineData(unchecked((int)0xC0000003), ReadingStatus.Unsupported)]
    [InlineData(unchecked((int)0xC0000005), ReadingStatus.Failed)]
    public void A_refusal_says_what_it_means(int status, ReadingStatus expected)
    {
        Reading<int> reading = WindowsReasons.Absent<int>(status);

        Assert.Equal(expected, reading.Status);
        Assert.False(string.IsNullOrEmpty(reading.Reason));
    }

    [Theory]
    [InlineData(0x8664, "x86-64")]
    [InlineData(0xAA64, "aarch64")]
    [InlineData(0x014C, "i386")]
    [InlineData(0x1234, "0x1234")]
    public void The_header_of_a_program_names_its_processor(int machine, string expected)
    {
        byte[] file = new byte[0x100];
        Encoding.ASCII.GetBytes("MZ").CopyTo(file, 0);
        file[0x3C] = 0x80;
        Encoding.ASCII.GetBytes("PE\0\0").CopyTo(file, 0x80);
        file[0x84] = (byte)machine;
        file[0x85] = (byte)(machine >> 8);

        Assert.Equal(expected, PeMachine.Read(file).Name.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x3F)]
    [InlineData(0x84)]
    public void A_file_cut_short_is_no_program(int length)
    {
        byte[] file = new byte[0x100];
        Encoding.ASCII.GetBytes("MZ").CopyTo(file, 0);
        file[0x3C] = 0x80;
        Encoding.ASCII.GetBytes("PE\0\0").CopyTo(file, 0x80);

        Assert.Equal(ReadingStatus.Failed, PeMachine.Read(file.AsSpan(0, length)).Name.Status);
        file[0x3F] = 0xFF;
        Assert.Equal(ReadingStatus.Failed, PeMachine.Read(file).Name.Status);
    }

    private static string? Drive(string drive) => drive switch
    {
        "C:" => @"\Device\HarddiskVolume3",
        "D:" => @"\Device\HarddiskVolume4",
        _ => null,
    };
}
