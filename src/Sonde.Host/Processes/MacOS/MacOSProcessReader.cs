using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>The identity and on-request tiers of a process. macOS has no handle that keeps a process id, so the id is compared before and after: nothing of another process is kept.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSProcessReader : ProcessReader
{
    private readonly MacOSUserNames _users;

    internal MacOSProcessReader(ProcessCollectorOptions options)
    {
        _users = new MacOSUserNames(options.Time);
        Boot = ReadBoot(out Gap? gap);
        Gaps = gap is null ? [] : [gap];
    }

    internal override Guid Boot { get; }

    internal override IReadOnlyList<Gap> Gaps { get; }

    internal override void BeginCycle(ProcessFields fields)
    {
        if ((fields & ProcessFields.User) != ProcessFields.None)
        {
            _users.Refresh();
        }
    }

    internal override bool ReadIdentity(in ProcessSample sample, ProcessFields fields, ProcessIdentity identity)
    {
        if (!IsStill(sample))
        {
            return false;
        }

        identity.OriginalParent = Reading.Unsupported<ProcessKey>("only a stream of events can know");
        if ((fields & ProcessFields.User) != ProcessFields.None)
        {
            ReadUser(sample.Pid, identity);
        }

        MarkForeign(fields, identity);
        return IsStill(sample);
    }

    internal override bool ReadDetails(in ProcessSample sample, ProcessFields fields, ProcessDetails details) => IsStill(sample);

    /// <summary>What other systems have, says so when it is asked for.</summary>
    private static void MarkForeign(ProcessFields fields, ProcessIdentity identity)
    {
        if ((fields & ProcessFields.Containment) != ProcessFields.None)
        {
            identity.Cgroup = Reading.Unsupported<ProcessCgroup>(MacOSReasons.NotOnMacOS);
            identity.Container = Reading.Unsupported<ProcessContainer>("containers run in a virtual machine, of which macOS sees one process");
            identity.Pod = Reading.Unsupported<KubernetesPod>(MacOSReasons.NotOnMacOS);
            identity.Package = Reading.Unsupported<ProcessPackage>("macOS confines programs, not packages: see the sandbox");
            identity.Job = Reading.Unsupported<WindowsJob>(MacOSReasons.NotOnMacOS);
        }

        if ((fields & ProcessFields.Privileges) != ProcessFields.None)
        {
            identity.Capabilities = Reading.Unsupported<ProcessCapabilities>("macOS has no capabilities: see the entitlements");
            identity.Seccomp = Reading.Unsupported<ProcessSeccomp>(MacOSReasons.NotOnMacOS);
            identity.NoNewPrivileges = Reading.Unsupported<bool>(MacOSReasons.NotOnMacOS);
            identity.NamespacePids = Reading.Unsupported<IReadOnlyList<int>>(MacOSReasons.NotOnMacOS);
            identity.Token = Reading.Unsupported<WindowsToken>(MacOSReasons.NotOnMacOS);
        }

        if ((fields & ProcessFields.Namespaces) != ProcessFields.None)
        {
            identity.Namespaces = Reading.Unsupported<ProcessNamespaces>(MacOSReasons.NotOnMacOS);
        }

        if ((fields & ProcessFields.Protection) != ProcessFields.None)
        {
            identity.Protection = Reading.Unsupported<WindowsProtection>(MacOSReasons.NotOnMacOS);
        }
    }

    /// <summary>Which run of the system this is: given out by the kernel at each start.</summary>
    private static Guid ReadBoot(out Gap? gap)
    {
        const string Name = "kern.bootsessionuuid";
        try
        {
            ReadOnlySpan<byte> text = Sysctl.ReadTable(Name).Span;
            gap = null;
            if (Guid.TryParse(text.TrimEnd((byte)0), out Guid boot))
            {
                return boot;
            }

            gap = new Gap("boot id", ReadingStatus.Failed, $"sysctl({Name}): it is no UUID; keys of processes do not tell one run of the system from the next");
        }
        catch (NativeException refused)
        {
            gap = new Gap("boot id", MacOSReasons.ToStatus(refused.Error), $"{refused.Message}; keys of processes do not tell one run of the system from the next");
        }

        return Guid.Empty;
    }

    /// <summary>Whether the id still belongs to the process of the sample.</summary>
    private static bool IsStill(in ProcessSample sample) =>
        ProcessInfo.TryRead(sample.Pid, Darwin.PROC_PIDUNIQIDENTIFIERINFO, ProcessInfo.AlsoEnded, out proc_uniqidentifierinfo identity, out NativeError error)
            ? identity.p_uniqueid == sample.Start
            : error.Code != Darwin.ESRCH && ProcessTable.TryReadOne(sample.Pid, out kinfo_proc row, out _) && MacOSSamples.StartOf(row) == sample.Start;

    private void ReadUser(int pid, ProcessIdentity identity)
    {
        if (!ProcessTable.TryReadOne(pid, out kinfo_proc row, out NativeError error))
        {
            identity.User = MacOSReasons.Refused<ProcessUser>(error);
            identity.Credentials = MacOSReasons.Refused<UnixCredentials>(error);
            return;
        }

        identity.User = _users.Of(row.cr_uid);
        identity.Credentials = new UnixCredentials(
            row.p_ruid,
            row.cr_uid,
            row.p_svuid,
            Reading.Unsupported<uint>(MacOSReasons.NotOnMacOS),
            row.p_rgid,
            row.cr_groups[0],
            row.p_svgid,
            Reading.Unsupported<uint>(MacOSReasons.NotOnMacOS));
    }
}
