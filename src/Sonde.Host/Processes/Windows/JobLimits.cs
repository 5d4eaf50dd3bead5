using System.Globalization;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>The limits of a job in words; sizes in bytes, times in seconds, rates of all processors together.</summary>
internal static class JobLimits
{
    // JOB_OBJECT_CPU_RATE_CONTROL_… (winnt.h).
    private const uint RateEnabled = 0x1;
    private const uint RateIsWeight = 0x2;
    private const uint RateIsHardCap = 0x4;
    private const uint RateIsRange = 0x10;

    private static readonly (uint Flag, string Name)[] s_switches =
    [
        (0x400, "die-on-unhandled-exception"), (0x800, "breakaway-ok"), (0x1000, "silent-breakaway-ok"), (0x2000, "kill-on-close"), (0x4000, "subset-affinity"),
    ];

    private static readonly string[] s_desktop =
    [
        "no-foreign-handles", "no-clipboard-read", "no-clipboard-write", "no-system-parameters", "no-display-settings", "no-global-atoms", "no-desktop-switch", "no-exit-windows",
    ];

    /// <summary>The limits that are on.</summary>
    /// <param name="limits">What the job limits.</param>
    /// <param name="rate">Its share of the processors; all zero for none.</param>
    /// <param name="desktop">JOB_OBJECT_UILIMIT_… flags.</param>
    internal static IReadOnlyList<string> Of(in JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits, in JOBOBJECT_CPU_RATE_CONTROL_INFORMATION rate, uint desktop)
    {
        JOBOBJECT_BASIC_LIMIT_INFORMATION basic = limits.BasicLimitInformation;
        uint flags = basic.LimitFlags;
        var words = new List<string>();
        Add(words, flags, 0x200, "memory", limits.JobMemoryLimit);
        Add(words, flags, 0x100, "process-memory", limits.ProcessMemoryLimit);
        Add(words, flags, 0x8, "processes", basic.ActiveProcessLimit);
        AddTime(words, flags, 0x4, "user-time", basic.PerJobUserTimeLimit);
        AddTime(words, flags, 0x2, "process-user-time", basic.PerProcessUserTimeLimit);
        if ((flags & 0x1) != 0)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"working-set {basic.MinimumWorkingSetSize}-{basic.MaximumWorkingSetSize}"));
        }

        if ((flags & 0x10) != 0)
        {
            words.Add($"processors {SchedulingWords.AffinityOf(basic.Affinity)}");
        }

        if ((flags & 0x20) != 0)
        {
            words.Add($"priority {PriorityOf(basic.PriorityClass)}");
        }

        Add(words, flags, 0x80, "scheduling-class", basic.SchedulingClass);
        words.AddRange(s_switches.Where(one => (flags & one.Flag) != 0).Select(static one => one.Name));
        AddRate(words, rate);
        words.AddRange(s_desktop.Where((_, bit) => (desktop >> bit & 1) != 0));
        return words;
    }

    private static void AddRate(List<string> words, in JOBOBJECT_CPU_RATE_CONTROL_INFORMATION rate)
    {
        if ((rate.ControlFlags & RateEnabled) == 0)
        {
            return;
        }

        words.Add((rate.ControlFlags & RateIsWeight) != 0 ? string.Create(CultureInfo.InvariantCulture, $"cpu-weight {rate.CpuRate}")
            : (rate.ControlFlags & RateIsRange) != 0 ? string.Create(CultureInfo.InvariantCulture, $"cpu {(rate.CpuRate & 0xFFFF) / 100.0}%-{(rate.CpuRate >> 16) / 100.0}%")
            : string.Create(CultureInfo.InvariantCulture, $"{((rate.ControlFlags & RateIsHardCap) != 0 ? "cpu" : "cpu-when-busy")} {rate.CpuRate / 100.0}%"));
    }

    private static void Add(List<string> words, uint flags, uint flag, string name, nuint value)
    {
        if ((flags & flag) != 0)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));
        }
    }

    private static void AddTime(List<string> words, uint flags, uint flag, string name, long ticks)
    {
        if ((flags & flag) != 0)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {ticks / (double)TimeSpan.TicksPerSecond}"));
        }
    }

    // The classes of SetPriorityClass (winbase.h).
    private static string PriorityOf(uint priority) => priority switch
    {
        0x40 => "idle",
        0x4000 => "below-normal",
        0x20 => "normal",
        0x8000 => "above-normal",
        0x80 => "high",
        0x100 => "realtime",
        _ => priority.ToString(CultureInfo.InvariantCulture),
    };
}
