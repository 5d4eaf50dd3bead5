using Sonde.Traffic.Sources.Linux;

namespace Sonde.Traffic.Tests;

public sealed class CgroupMountTests
{
    [Theory]
    [InlineData("31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate", "/sys/fs/cgroup", true)]
    [InlineData("30 23 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n31 23 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw", "/sys/fs/cgroup/unified", true)]
    [InlineData("31 23 0:27 /kubepods/pod1 /sys/fs/cgroup ro - cgroup2 cgroup ro", "/sys/fs/cgroup", false)]
    [InlineData("31 23 0:27 /a /one rw - cgroup2 none rw\n32 23 0:27 / /mnt/control\\040groups rw - cgroup2 none rw", "/mnt/control groups", true)]
    public void The_mount_that_shows_most_is_taken(string mountInfo, string path, bool isWhole)
    {
        Assert.True(CgroupMount.TryFind(System.Text.Encoding.UTF8.GetBytes(mountInfo), out CgroupMount mount));
        Assert.Equal((path, isWhole), (mount.Path, mount.IsWhole));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30 23 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu")]
    [InlineData("31 23 - cgroup2")]
    [InlineData("- cgroup2 \\0 \\04")]
    [InlineData(" - cgroup2 none")]
    public void Without_one_there_is_none(string mountInfo) =>
        Assert.False(CgroupMount.TryFind(System.Text.Encoding.UTF8.GetBytes(mountInfo), out _));
}
