using Sonde.Host.Systems;
using Sonde.Host.Systems.Linux;

namespace Sonde.Host.Tests.Systems;

public sealed class HostTextsTests
{
    private const string Release = "PRETTY_NAME=\"Fedora \\\"42\\\" \\$HOME\"\nNAME='Fedora'\nVERSION_ID=42\nVARIANT=\"\"\n# VERSION_ID=1\nVERSION=42 (Server)\n";

    [Theory]
    [InlineData("PRETTY_NAME", "Fedora \"42\" $HOME")]
    [InlineData("NAME", "Fedora")]
    [InlineData("VERSION_ID", "42")]
    public void A_value_of_os_release_is_taken_out_of_its_quotes(string key, string value) => Assert.Equal(value, HostTexts.OsRelease(Release, key).Value);

    [Theory]
    [InlineData("VARIANT")]
    [InlineData("BUILD_ID")]
    [InlineData("VERSION_I")]
    public void What_os_release_leaves_out_or_empty_is_none(string key) => Assert.Equal(ReadingStatus.None, HostTexts.OsRelease(Release, key).Status);

    [Theory]
    [InlineData("0", 1)]
    [InlineData("0-3", 4)]
    [InlineData("0-1,4,6-7", 5)]
    public void Processors_are_counted_from_their_list(string list, int count) => Assert.Equal(count, HostTexts.CountOf(list).Value);

    [Theory]
    [InlineData("")]
    [InlineData("3-1")]
    [InlineData("0-4294967295,0-4294967295")]
    [InlineData("x")]
    public void A_list_that_is_none_is_a_failure(string list) => Assert.Equal(ReadingStatus.Failed, HostTexts.CountOf(list).Status);

    [Fact]
    public void The_choice_is_what_stands_in_brackets()
    {
        Assert.Equal("integrity", HostTexts.Chosen("none [integrity] confidentiality").Value);
        Assert.Equal(ReadingStatus.Failed, HostTexts.Chosen("none integrity").Status);
        Assert.Equal(ReadingStatus.Failed, HostTexts.Chosen("][").Status);
    }

    [Fact]
    public void Waiting_and_idle_ticks_are_not_busy_and_guests_do_not_count_twice()
    {
        Assert.True(HostTexts.TryTicks("cpu  10 20 30 400 500 1 2 3 100 200\ncpu0 1 2 3 4\n", out double busy, out double all));

        Assert.Equal((66, 966), (busy, all));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu0 1 2 3 4")]
    [InlineData("cpu 1 2 x 4")]
    public void Ticks_that_are_none_are_refused(string text) => Assert.False(HostTexts.TryTicks(text, out _, out _));

    [Fact]
    public void Only_disks_count_and_in_sectors_of_512_bytes()
    {
        const string Stats = "   8       0 sda 1 0 100 0 1 0 200 0 0 0 0\n   8       1 sda1 1 0 99 0 1 0 199 0 0 0 0\n   8      16 sdb 1 0 1 0 1 0 2 0\ntorn 1";

        (double read, double written) = HostTexts.DiskBytes(Stats, static name => name is "sda" or "sdb");

        Assert.Equal((101 * 512, 202 * 512), (read, written));
    }

    [Fact]
    public void Memory_is_told_in_bytes()
    {
        Assert.Equal(24 * 1024, HostTexts.MemInfo("MemTotal:         24 kB\nMemFree: 1 kB\n", "MemTotal").Value);
        Assert.Equal(ReadingStatus.Unsupported, HostTexts.MemInfo("MemTotal: 1 kB\n", "MemAvailable").Status);
        Assert.Equal(ReadingStatus.Failed, HostTexts.MemInfo("MemTotal: 9223372036854775807 kB\n", "MemTotal").Status);
    }

    [Fact]
    public void A_flag_of_the_firmware_stands_behind_its_attributes()
    {
        Assert.True(HostTexts.EfiFlag([6, 0, 0, 0, 1]).Value);
        Assert.False(HostTexts.EfiFlag([6, 0, 0, 0, 0]).Value);
        Assert.Equal(ReadingStatus.Failed, HostTexts.EfiFlag([1]).Status);
    }

    [Fact]
    public void A_hypervisor_gives_its_name_in_three_registers()
    {
        Assert.Equal("KVMKVMKVM", HypervisorName.Parse(0x4B4D564B, 0x564B4D56, 0x4D).Value);
        Assert.Equal("Microsoft Hv", HypervisorName.Parse(0x7263694D, 0x666F736F, 0x76482074).Value);
        Assert.Equal(ReadingStatus.Failed, HypervisorName.Parse(0, 0, 0).Status);
    }
}
