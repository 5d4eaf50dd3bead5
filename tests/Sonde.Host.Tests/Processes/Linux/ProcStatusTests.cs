using System.Text;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Linux;
using Facts = Sonde.Host.Processes.Linux.ProcStatus.Facts;

namespace Sonde.Host.Tests.Processes.Linux;

public class ProcStatusTests
{
    // Linux 6.18, a shell in a pid namespace, shortened by the lines that nobody reads.
    private static readonly byte[] s_status = Encoding.ASCII.GetBytes(
        "Name:\tev\\nil\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t40\nPid:\t40\nPPid:\t1\nTracerPid:\t77\nUid:\t1000\t0\t0\t4294967295\nGid:\t100\t101\t102\t103\n"
        + "FDSize:\t64\nGroups:\t4 24 1000 \nNStgid:\t40\t3\nNSpid:\t40\t7\t1\nKthread:\t0\nVmPeak:\t  13872 kB\nVmSize:\t    3872 kB\nVmLck:\t      16 kB\nVmHWM:\t    3456 kB\n"
        + "VmRSS:\t    3400 kB\nRssAnon:\t     256 kB\nRssFile:\t    3000 kB\nRssShmem:\t     144 kB\nVmSwap:\t       8 kB\nThreads:\t1\nCapInh:\t0000000000000001\n"
        + "CapPrm:\t000001ffffffffff\nCapEff:\t0000000000003000\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000400\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n"
        + "Cpus_allowed:\t3\nCpus_allowed_list:\t0-1\nvoluntary_ctxt_switches:\t20\nnonvoluntary_ctxt_switches:\t11\n");

    [Fact]
    public void Every_line_that_is_known_is_read()
    {
        ProcStatus.Parse(s_status, out ProcStatus status);

        Assert.Equal(new ProcStatus.UserIds(1000, 0, 0, uint.MaxValue), status.Users);
        Assert.Equal(new ProcStatus.UserIds(100, 101, 102, 103), status.GroupIds);
        Assert.Equal("4 24 1000", Encoding.ASCII.GetString(status.Groups));
        Assert.Equal("0-1", Encoding.ASCII.GetString(status.AllowedProcessors));
        Assert.Equal([7, 1], NamespacePids.Parse(status.NamespacePids, isThere: true).Value);
        Assert.Equal((77, true, 2, 3), (status.Tracer, status.NoNewPrivileges, status.Seccomp, status.SeccompFilters));
        Assert.Equal((1UL, 0x1FFFFFFFFFFUL, 0x3000UL, 0x1FFFFFFFFFFUL, 0x400UL), (status.CapInheritable, status.CapPermitted, status.CapEffective, status.CapBounding, status.CapAmbient));
        Assert.Equal(["CAP_NET_ADMIN", "CAP_NET_RAW"], ProcessCapabilities.NamesOf(status.CapEffective));
        Assert.Equal((20UL, 11UL), (status.VoluntarySwitches, status.InvoluntarySwitches));
    }

    [Fact]
    public void Memory_is_bytes()
    {
        ProcStatus.Parse(s_status, out ProcStatus status);
        ProcessSample sample = default;

        LinuxSamples.Fill(status, ProcessFields.EveryCycle, ref sample);

        Assert.Equal((256L, 3144L, 8L, 3456L, 13872L, 16L), (sample.Private / 1024, sample.Shared / 1024, sample.Swap / 1024, sample.PeakResident / 1024, sample.PeakVirtual / 1024, sample.Locked / 1024));
        Assert.Equal(ReadingStatus.Ok, sample.Statuses.Of(SampleFields.Private));
        Assert.Equal(ReadingStatus.Ok, sample.Statuses.Of(SampleFields.Tracer));
    }

    [Fact]
    public void A_kernel_thread_has_no_memory_and_a_kernel_without_the_line_does_not_tell()
    {
        ProcStatus.Parse("Name:\tkthreadd\nTracerPid:\t0\n"u8, out ProcStatus status);
        var kernel = new ProcessSample { IsKernel = true };
        var old = default(ProcessSample);

        LinuxSamples.Fill(status, ProcessFields.EveryCycle, ref kernel);
        LinuxSamples.Fill(status, ProcessFields.EveryCycle, ref old);

        Assert.Equal(ReadingStatus.None, kernel.Statuses.Of(SampleFields.Private));
        Assert.Equal(ReadingStatus.Unsupported, old.Statuses.Of(SampleFields.Private));
        Assert.Equal(ReadingStatus.None, old.Statuses.Of(SampleFields.Tracer));
    }

    [Theory]
    [InlineData("Uid:\t1\t2\t3\n")]
    [InlineData("Uid:\t1\t2\t3\t4\t5\n")]
    [InlineData("Uid:\t1\t2\t3\t4294967296\n")]
    [InlineData("Uid:\n")]
    [InlineData("Uid:\t1\t2\t3\t4")]
    public void Ids_that_are_no_four_numbers_are_not_there(string text)
    {
        ProcStatus.Parse(Encoding.ASCII.GetBytes(text), out ProcStatus status);

        Assert.False(status.Has(Facts.Users));
    }

    [Theory]
    [InlineData("RssAnon:\t 12 MB\n")]
    [InlineData("RssAnon:\t-12 kB\n")]
    [InlineData("RssAnon:\t18446744073709551615 kB\n")]
    [InlineData("RssAnon:\t12 kB")]
    public void Memory_in_another_unit_or_cut_is_not_there(string text)
    {
        ProcStatus.Parse(Encoding.ASCII.GetBytes(text), out ProcStatus status);

        Assert.False(status.Has(Facts.Anonymous));
    }

    [Fact]
    public void A_number_that_was_cut_is_not_taken_for_a_smaller_one()
    {
        ProcStatus.Parse("TracerPid:\t123"u8, out ProcStatus status);

        Assert.False(status.Has(Facts.Tracer));
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        var random = new Random(4711);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] damaged = [.. s_status];
            for (int hits = random.Next(1, 20); hits > 0; hits--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            ProcStatus.Parse(damaged.AsSpan(0, random.Next(damaged.Length + 1)), out ProcStatus status);
            Assert.True(status.Private() >= 0);
        }
    }

    [Fact]
    public void Io_is_seven_lines_or_nothing()
    {
        byte[] text = "rchar: 4\nwchar: 3\nsyscr: 20\nsyscw: 12\nread_bytes: 8192\nwrite_bytes: 4096\ncancelled_write_bytes: 1\n"u8.ToArray();

        Assert.True(ProcIo.TryParse(text, out ProcIo io));
        Assert.Equal((4UL, 3UL, 20UL, 12UL, 8192UL, 4096UL, 1UL), (io.ReadCharacters, io.WrittenCharacters, io.ReadCalls, io.WriteCalls, io.ReadBytes, io.WriteBytes, io.CancelledWriteBytes));
        for (int length = 0; length < text.Length; length++)
        {
            Assert.False(ProcIo.TryParse(text.AsSpan(0, length), out _));
        }
    }
}

internal static class ProcStatusExtensions
{
    internal static long Private(this in ProcStatus status) => status.Anonymous;
}
