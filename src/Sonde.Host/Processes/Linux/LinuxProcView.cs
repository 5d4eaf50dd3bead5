using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Linux;

/// <summary>What is the same for every process of a mounted proc file system: the boot, the clock, and what it hides from this process.</summary>
/// <param name="Root">Where it is mounted.</param>
/// <param name="Boot">The kernel's id of this run; empty where it shows none, as some emulations do.</param>
/// <param name="Clock">Its ticks.</param>
/// <param name="Gaps">What it hides.</param>
[SupportedOSPlatform("linux")]
internal sealed record LinuxProcView(string Root, Guid Boot, LinuxClock Clock, IReadOnlyList<Gap> Gaps)
{
    private const int SysPtrace = 19; // CAP_SYS_PTRACE
    private const string InitialPidNamespace = "pid:[4026531836]"; // PROC_PID_INIT_INO of include/linux/proc_ns.h

    /// <summary>Looks at the mount.</summary>
    /// <exception cref="HostException">There is no proc file system.</exception>
    internal static LinuxProcView Examine(ProcFiles files, ProcessCollectorOptions options)
    {
        int length = files.ReadRoot("uptime"u8, out ReadOnlySpan<byte> uptime);
        if (length < 0 || !LinuxClock.TryParse(uptime, options.Time.GetUtcNow(), LibC.ClockTicksPerSecond, out LinuxClock clock))
        {
            var error = new NativeError(NativeErrorDomain.Errno, Math.Max(0, -length));
            throw new HostException(
                length == -2 ? HostFailure.Unavailable : HostException.Classify(error),
                "open",
                $"{options.ProcRoot}/uptime",
                error.Code,
                length < 0 ? $"no proc file system is mounted here: {error}" : "no proc file system is mounted here");
        }

        Guid boot = files.ReadRoot("sys/kernel/random/boot_id"u8, out ReadOnlySpan<byte> id) > 0 && Guid.TryParse(SystemText.Of(id.TrimEnd((byte)'\n')), out Guid parsed) ? parsed : Guid.Empty;
        return new LinuxProcView(options.ProcRoot, boot, clock, FindGaps(files, options.ProcRoot));
    }

    private static List<Gap> FindGaps(ProcFiles files, string root)
    {
        var gaps = new List<Gap>();
        if (files.ReadRootLink("self/ns/pid"u8, out ReadOnlySpan<byte> pidNamespace) > 0 && SystemText.Of(pidNamespace) is var name && name != InitialPidNamespace)
        {
            gaps.Add(new Gap("processes", ReadingStatus.Unsupported, $"this is the inner pid namespace {name}: processes outside of it are not visible"));
        }

        if (files.ReadRoot("self/mountinfo"u8, out ReadOnlySpan<byte> mounts, 4 * 1024 * 1024) > 0
            && ProcMount.TryFind(mounts, root, out ProcMount mount)
            && mount.HidesProcesses
            && !HasPtrace())
        {
            gaps.Add(new Gap("processes", ReadingStatus.Denied, string.Create(CultureInfo.InvariantCulture, $"{root} is mounted with hidepid={mount.HidePid}: processes of other users are hidden from this one")));
        }

        return gaps;
    }

    private static bool HasPtrace()
    {
        try
        {
            return (CapabilitySets.Read().Effective >> SysPtrace & 1) != 0;
        }
        catch (NativeException)
        {
            return false; // a system that does not tell rights grants none
        }
    }
}
