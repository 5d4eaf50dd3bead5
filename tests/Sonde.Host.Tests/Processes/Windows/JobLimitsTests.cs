using Sonde.Host.Processes.Windows;
using Sonde.Interop.Windows;

namespace Sonde.Host.Tests.Processes.Windows;

/// <summary>What a job forbids and caps, in words.</summary>
public sealed class JobLimitsTests
{
    [Fact]
    public void A_job_without_limits_has_none_whatever_its_numbers_are()
    {
        var limits = new JOBOBJECT_EXTENDED_LIMIT_INFORMATION { JobMemoryLimit = 1, BasicLimitInformation = { ActiveProcessLimit = 2, PriorityClass = 0x80 } };

        Assert.Empty(JobLimits.Of(limits, new JOBOBJECT_CPU_RATE_CONTROL_INFORMATION { CpuRate = 5 }, 0));
    }

    [Theory]
    [InlineData(0x1u, "working-set 4096-8192")]
    [InlineData(0x2u, "process-user-time 2.5")]
    [InlineData(0x4u, "user-time 1.5")]
    [InlineData(0x8u, "processes 10")]
    [InlineData(0x10u, "processors 0,2-3")]
    [InlineData(0x20u, "priority above-normal")]
    [InlineData(0x80u, "scheduling-class 7")]
    [InlineData(0x100u, "process-memory 1000")]
    [InlineData(0x200u, "memory 2000")]
    [InlineData(0x400u, "die-on-unhandled-exception")]
    [InlineData(0x800u, "breakaway-ok")]
    [InlineData(0x1000u, "silent-breakaway-ok")]
    [InlineData(0x2000u, "kill-on-close")]
    [InlineData(0x4000u, "subset-affinity")]
    [InlineData(0x40u, null)] // JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME limits nothing
    public void Each_flag_has_its_word_and_its_number(uint flag, string? expected)
    {
        var limits = new JOBOBJECT_EXTENDED_LIMIT_INFORMATION
        {
            ProcessMemoryLimit = 1000,
            JobMemoryLimit = 2000,
            BasicLimitInformation =
            {
                LimitFlags = flag,
                PerProcessUserTimeLimit = 25_000_000,
                PerJobUserTimeLimit = 15_000_000,
                MinimumWorkingSetSize = 4096,
                MaximumWorkingSetSize = 8192,
                ActiveProcessLimit = 10,
                Affinity = 0b1101,
                PriorityClass = 0x8000,
                SchedulingClass = 7,
            },
        };

        Assert.Equal(expected, JobLimits.Of(limits, default, 0).SingleOrDefault());
    }

    [Theory]
    [InlineData(0x1u, 2550u, "cpu-when-busy 25.5%")]
    [InlineData(0x5u, 2550u, "cpu 25.5%")]
    [InlineData(0x3u, 7u, "cpu-weight 7")]
    [InlineData(0x11u, 5000u << 16 | 1025u, "cpu 10.25%-50%")]
    [InlineData(0x4u, 2550u, null)] // not switched on
    public void The_share_of_the_processors_is_a_cap_a_weight_or_a_range(uint flags, uint rate, string? expected) =>
        Assert.Equal(expected, JobLimits.Of(default, new JOBOBJECT_CPU_RATE_CONTROL_INFORMATION { ControlFlags = flags, CpuRate = rate }, 0).SingleOrDefault());

    [Theory]
    [InlineData(0x1u, "no-foreign-handles")]
    [InlineData(0x2u, "no-clipboard-read")]
    [InlineData(0x40u, "no-desktop-switch")]
    [InlineData(0x80u, "no-exit-windows")]
    public void Each_restriction_of_the_desktop_has_its_word(uint restriction, string expected) => Assert.Equal([expected], JobLimits.Of(default, default, restriction));
}
