using System.Text;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Linux;

namespace Sonde.Host.Tests.Processes.Linux;

public class ProcTextsTests
{
    private const string Limits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max cpu time              unlimited            unlimited            seconds
        Max open files            1024                 524288               files
        Max nice priority         0                    0
        Max realtime timeout      unlimited            unlimited            us

        """;

    [Fact]
    public void Limits_are_columns()
    {
        IReadOnlyList<ProcessLimit> limits = ProcLimits.Parse(Encoding.ASCII.GetBytes(Limits)).Value;

        Assert.Equal(
            [new("Max cpu time", null, null, "seconds"), new("Max open files", 1024, 524288, "files"), new("Max nice priority", 0, 0, ""), new("Max realtime timeout", null, null, "us")],
            limits);
    }

    [Fact]
    public void A_table_of_limits_that_is_cut_anywhere_never_throws()
    {
        byte[] text = Encoding.ASCII.GetBytes(Limits);
        for (int length = 0; length < text.Length; length++)
        {
            Reading<IReadOnlyList<ProcessLimit>> limits = ProcLimits.Parse(text.AsSpan(0, length));
            Assert.True(!limits.HasValue || limits.Value.Count < 4);
        }
    }

    [Fact]
    public void Memory_of_all_mappings_is_summed_up_by_the_kernel()
    {
        ProcessMemoryMap map = ProcMemoryMap.Parse("00400000-7ffd [rollup]\nRss:    500 kB\nPss:    120 kB\nPss_Dirty:  7 kB\nPrivate_Clean:  30 kB\nPrivate_Dirty:   70 kB\nSwapPss:  0 kB\n"u8).Value;

        Assert.Equal(new ProcessMemoryMap(120 * 1024L, 100 * 1024L, 0L), map);
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData((1 << 13) | 3, "real-time 3")]
    [InlineData((2 << 13) | 4, "best-effort 4")]
    [InlineData(3 << 13, "idle")]
    public void An_io_priority_is_a_class_and_a_level(int packed, string expected) => Assert.Equal(expected, ProcText.IoPriority(packed));

    [Fact]
    public void The_processor_of_a_program_is_in_its_header()
    {
        byte[] header = new byte[64];
        "\u007fELF"u8.CopyTo(header);
        (header[4], header[5], header[18]) = (2, 1, 62);

        Assert.Equal("x86-64", ElfHeader.Architecture(header).Value);
        Assert.Equal(ReadingStatus.None, ElfHeader.Architecture("#!/bin/sh\nexit 0 # and more"u8).Status);
        Assert.Equal(ReadingStatus.None, ElfHeader.Architecture(header.AsSpan(0, 19)).Status);
    }

    [Fact]
    public void Capabilities_of_a_file_are_named()
    {
        // setcap cap_net_raw,cap_net_admin+ep: struct vfs_cap_data, revision 2, effective.
        byte[] value = Convert.FromHexString("0100000200300000000000000000000000000000");

        Assert.Equal(["CAP_NET_ADMIN", "CAP_NET_RAW"], FileCapabilities.Parse(value).Value);
        Assert.Equal(ReadingStatus.Failed, FileCapabilities.Parse(value.AsSpan(0, 11)).Status);
    }

    [Fact]
    public void Names_of_users_come_from_the_first_line_with_their_id()
    {
        Dictionary<uint, string> names = PasswordFile.Parse("root:x:0:0::/:\ntoor:x:0:0::/:\n# joe:x:5:\n\nbroken\njoe:x:1000:1000:Joe,,:/h:/bin/sh\nbig:x:99999999999:\n+::::::\n"u8);

        Assert.Equal("root", names[0]);
        Assert.Equal("joe", names[1000]);
        Assert.False(names.ContainsKey(2));
    }

    [Theory]
    [InlineData("net:[4026531840]", true, 4026531840u)]
    [InlineData("net:[]", false, 0u)]
    [InlineData("net:[4294967296]", false, 0u)]
    [InlineData("net", false, 0u)]
    [InlineData("", false, 0u)]
    public void A_namespace_is_a_number(string target, bool isOne, uint expected)
    {
        Assert.Equal(isOne, NamespaceLink.TryParse(Encoding.ASCII.GetBytes(target), out uint inode));
        Assert.Equal(expected, inode);
    }

    [Theory]
    [InlineData("22 1 0:21 / /proc rw,nosuid - proc proc rw\n", "off", false)]
    [InlineData("22 1 0:21 / /proc rw - proc proc rw,hidepid=2\n", "2", true)]
    [InlineData("22 1 0:21 / /proc rw - proc proc rw,hidepid=invisible,gid=5\n", "invisible", true)]
    [InlineData("22 1 0:21 / /proc rw - proc proc rw,hidepid=2\n40 22 0:9 / /proc rw shared:7 master:2 - proc proc rw,hidepid=0\n", "0", false)]
    public void A_mount_says_whether_it_hides_processes(string mountInfo, string hidePid, bool hides)
    {
        Assert.True(ProcMount.TryFind(Encoding.ASCII.GetBytes(mountInfo), "/proc", out ProcMount mount));

        Assert.Equal((hidePid, hides), (mount.HidePid, mount.HidesProcesses));
    }

    [Theory]
    [InlineData("")]
    [InlineData("22 1 0:21 / /proc rw - tmpfs proc rw\n")]
    [InlineData("22 1 0:21 / /procx rw - proc proc rw\n")]
    [InlineData("garbage - \n - - -\n")]
    public void Another_mount_is_none_of_processes(string mountInfo) => Assert.False(ProcMount.TryFind(Encoding.ASCII.GetBytes(mountInfo), "/proc", out _));

    [Fact]
    public void A_cache_of_bytes_is_bounded()
    {
        var cache = new BytesCache<string>(10, 100);
        for (byte at = 0; at < 200; at++)
        {
            cache.Add([at], "x");
            Assert.InRange(cache.Count, 1, 10);
        }

        cache.Add(new byte[1000], "too big");

        Assert.False(cache.TryGet(new byte[1000], out _));
        Assert.False(cache.TryGet([0], out _));
    }
}
