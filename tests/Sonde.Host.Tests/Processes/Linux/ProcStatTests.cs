using System.Text;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Linux;

namespace Sonde.Host.Tests.Processes.Linux;

public class ProcStatTests
{
    private const string Tail = " S 1 1234 1200 34816 1234 4194560 100 200 3 4 150 50 1 2 20 -5 7 0 98765 10485760 321 18446744073709551615 "
        + "4096 8192 140737 0 0 0 0 0 0 1 0 0 17 3 9 1 0 0 0 12288 16384 20480 140738 140739 140739 140740 0\n";

    [Fact]
    public void Every_field_is_where_the_manual_says()
    {
        ProcStat stat = Parse("1234 (nginx)" + Tail);

        Assert.Equal("nginx", Encoding.UTF8.GetString(stat.Name));
        Assert.Equal((1234, (byte)'S', 1, 1234, 1200, 34816u), (stat.Pid, stat.State, stat.ParentPid, stat.ProcessGroup, stat.Session, stat.Terminal));
        Assert.Equal((100UL, 3UL, 150UL, 50UL), (stat.MinorFaults, stat.MajorFaults, stat.UserTicks, stat.KernelTicks));
        Assert.Equal((20, -5, 7, 98765UL, 10485760L, 321L), (stat.Priority, stat.Nice, stat.Threads, stat.StartTicks, stat.VirtualBytes, stat.ResidentPages));
        Assert.Equal((true, 3, 9, 1), (stat.HasScheduling, stat.Processor, stat.RealtimePriority, stat.Policy));
        Assert.False(stat.IsKernelThread);
    }

    [Theory]
    [InlineData(") R 1 2 3")]
    [InlineData("a) R 1 1 1 1 1")]
    [InlineData("((()))")]
    [InlineData("line\nend")]
    [InlineData(" ")]
    [InlineData("")]
    public void A_name_may_hold_brackets_blanks_and_line_ends(string name)
    {
        ProcStat stat = Parse($"77 ({name})" + Tail);

        Assert.Equal(name, Encoding.UTF8.GetString(stat.Name));
        Assert.Equal((77, (byte)'S', 1), (stat.Pid, stat.State, stat.ParentPid));
    }

    [Fact]
    public void A_name_that_is_no_text_is_kept_byte_by_byte()
    {
        byte[] line = [.. "9 ("u8, 0xFF, 0xC3, 0x28, .. ")"u8, .. Encoding.ASCII.GetBytes(Tail)];

        Assert.True(ProcStat.TryParse(line, out ProcStat stat));
        Assert.Equal(@"\xff\xc3(", SystemText.Of(stat.Name));
    }

    [Fact]
    public void A_kernel_thread_is_told_by_its_flag()
    {
        Assert.True(Parse("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n").IsKernelThread);
        Assert.False(Parse("3 (kworker/0:0) S 0 0 0 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n").IsKernelThread);
    }

    [Fact]
    public void A_line_of_an_old_kernel_says_that_it_has_no_scheduling()
    {
        ProcStat stat = Parse("2 (init) S 0 0 0 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n");

        Assert.False(stat.HasScheduling);
    }

    [Fact]
    public void A_line_that_is_cut_anywhere_is_refused_or_whole()
    {
        byte[] line = Encoding.ASCII.GetBytes("1234 (a) b)" + Tail);
        for (int length = 0; length < line.Length; length++)
        {
            Assert.False(ProcStat.TryParse(line.AsSpan(0, length), out _), $"accepted its first {length} bytes");
        }
    }

    [Theory]
    [InlineData("99999999999 (a)")]
    [InlineData("-5 (a)")]
    [InlineData("0 (a)")]
    [InlineData("12x (a)")]
    [InlineData("12(a)")]
    [InlineData("(a)")]
    public void What_is_no_process_id_is_refused(string head) => Assert.False(ProcStat.TryParse(Encoding.ASCII.GetBytes(head + Tail), out _));

    [Fact]
    public void Numbers_that_do_not_fit_are_refused()
    {
        string line = "1234 (nginx)" + Tail;

        Assert.False(ProcStat.TryParse(Encoding.ASCII.GetBytes(line.Replace(" 98765 ", " 98765987659876598765 ", StringComparison.Ordinal)), out _));
        Assert.False(ProcStat.TryParse(Encoding.ASCII.GetBytes(line.Replace(" -5 ", " -5000000000 ", StringComparison.Ordinal)), out _));
    }

    [Fact]
    public void Another_image_has_another_stamp()
    {
        ulong before = Parse("1234 (nginx)" + Tail).ImageStamp;
        ulong after = Parse("1234 (nginx)" + Tail.Replace(" 140738 ", " 150738 ", StringComparison.Ordinal)).ImageStamp;

        Assert.NotEqual(before, after);
        Assert.Equal(before, Parse("1234 (nginx)" + Tail.Replace(" 150 50 ", " 151 55 ", StringComparison.Ordinal)).ImageStamp);
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        byte[] line = Encoding.ASCII.GetBytes("1234 (nginx)" + Tail);
        var random = new Random(20261);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = [.. line];
            for (int hits = random.Next(1, 6); hits > 0; hits--)
            {
                damaged[random.Next(damaged.Length)] = random.Next(4) == 0 ? (byte)random.Next(256) : "0123456789() -\n"u8[random.Next(15)];
            }

            if (ProcStat.TryParse(damaged, out ProcStat stat))
            {
                ProcessSample sample = default;
                LinuxSamples.Fill(stat, new LinuxClock(100, DateTime.UnixEpoch.Ticks), 4096, ref sample);
                Assert.True(sample.Pid > 0 && sample.Resident >= 0 && sample.UserTime >= 0, Encoding.Latin1.GetString(damaged));
                _ = new DateTimeOffset(sample.StartTimeTicks, TimeSpan.Zero);
            }
        }
    }

    [Fact]
    public void Ticks_become_times()
    {
        Assert.True(LinuxClock.TryParse("1000.50 3333.10\n"u8, DateTimeOffset.UnixEpoch.AddSeconds(5000), 100, out LinuxClock clock));
        ProcessSample sample = default;

        LinuxSamples.Fill(Parse("1234 (nginx)" + Tail), clock, 4096, ref sample);

        Assert.Equal(TimeSpan.FromSeconds(1.5).Ticks, sample.UserTime);
        Assert.Equal(TimeSpan.FromSeconds(0.5).Ticks, sample.KernelTime);
        Assert.Equal(321L * 4096, sample.Resident);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMilliseconds(5_000_000 - 1_000_500 + 987_650).UtcTicks, sample.StartTimeTicks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("12.")]
    [InlineData("12.3")]
    [InlineData(".30 1\n")]
    [InlineData("x.30 1\n")]
    [InlineData("-4.30 1\n")]
    public void An_uptime_that_is_none_is_refused(string text) =>
        Assert.False(LinuxClock.TryParse(Encoding.ASCII.GetBytes(text), DateTimeOffset.UnixEpoch, 100, out _));

    private static ProcStat Parse(string line)
    {
        // The struct points into the array, which lives as long as it does.
        Assert.True(ProcStat.TryParse(Encoding.UTF8.GetBytes(line), out ProcStat stat), line);
        return stat;
    }
}
