using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>The identity and on-request tiers of a process. macOS has no handle that keeps a process id, so the id is compared before and after: nothing of another process is kept.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSProcessReader : ProcessReader
{
    private const int LaunchdPid = 1;

    private readonly MacOSUserNames _users;
    private readonly CodeSigningReader _signing = new();
    private readonly MacOSImageReader _images = new();
    private readonly ArgumentReader _arguments;
    private readonly MacOSDetailReader _details;

    internal MacOSProcessReader(ProcessCollectorOptions options)
    {
        _users = new MacOSUserNames(options.Time);
        _arguments = new ArgumentReader(options);
        _details = new MacOSDetailReader(options, _signing, _images, _arguments);
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

        if ((fields & (ProcessFields.Image | ProcessFields.Arguments | ProcessFields.Containment | ProcessFields.Services)) != ProcessFields.None)
        {
            ReadStrings(sample, fields, identity);
        }

        if ((fields & ProcessFields.Login) != ProcessFields.None)
        {
            identity.Login = ReadLogin(sample);
        }

        if ((fields & ProcessFields.CodeSigning) != ProcessFields.None)
        {
            identity.CodeSigning = _signing.Read(sample);
        }

        if ((fields & ProcessFields.Label) != ProcessFields.None)
        {
            identity.Label = ReadLabel(sample, identity);
        }

        MarkForeign(fields, identity);
        return IsStill(sample);
    }

    internal override bool ReadDetails(in ProcessSample sample, ProcessFields fields, ProcessDetails details)
    {
        if (!IsStill(sample))
        {
            return false;
        }

        _details.Read(sample, fields, details);
        return IsStill(sample);
    }

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

    private void ReadStrings(in ProcessSample sample, ProcessFields fields, ProcessIdentity identity)
    {
        bool isRead = _arguments.TryRead(sample, out ArgumentStrings strings, out Reading<string> refused);
        if ((fields & ProcessFields.Arguments) != ProcessFields.None)
        {
            identity.Arguments = isRead ? _arguments.ArgumentsOf(strings) : new Reading<ProcessArguments>(refused.Status, default, refused.Reason);
        }

        if ((fields & ProcessFields.Image) != ProcessFields.None)
        {
            identity.Image = _images.Read(sample, strings.Path);
        }

        if ((fields & (ProcessFields.Containment | ProcessFields.Services)) == ProcessFields.None)
        {
            return;
        }

        Reading<string> label = isRead ? ArgumentReader.LabelOf(strings, sample.Pid) : refused;
        if ((fields & ProcessFields.Containment) != ProcessFields.None)
        {
            identity.Unit = new ProcessUnit(label, Reading.Unsupported<string>(MacOSReasons.NotOnMacOS), Reading.Unsupported<string>(MacOSReasons.NotOnMacOS));
            identity.Coalition = ReadCoalition(sample);
        }

        if ((fields & ProcessFields.Services) != ProcessFields.None)
        {
            // Children inherit the label; what launchd itself started is the job.
            identity.Services = !label.HasValue ? new Reading<IReadOnlyList<string>>(label.Status, default, label.Reason)
                : sample.ParentPid == LaunchdPid ? new[] { label.Value }
                : Reading.None<IReadOnlyList<string>>("a process of the job started it, not launchd");
        }
    }

    private static Reading<MacOSCoalition> ReadCoalition(in ProcessSample sample)
    {
        Reading<ulong> resource;
        Reading<ulong> jetsam;
        if (ProcessInfo.TryRead(sample.Pid, Darwin.PROC_PIDCOALITIONINFO, 0, out proc_pidcoalitioninfo info, out NativeError error))
        {
            resource = CoalitionOf(info.coalition_id[0]);
            jetsam = CoalitionOf(info.coalition_id[1]);
        }
        else
        {
            resource = MacOSReasons.RefusedOf<ulong>(error, sample);
            jetsam = resource;
        }

        int? responsible = CodeSignature.ResponsibleFor(sample.Pid, out error);
        return new MacOSCoalition(
            resource,
            jetsam,
            responsible is null ? Reading.Unsupported<int>("this macOS does not export responsibility_get_pid_responsible_for_pid")
            : responsible > 0 ? responsible.Value
            : responsible == 0 || error.Code == 0 ? Reading.None<int>("nobody answers for it")
            : MacOSReasons.RefusedOf<int>(error, sample));
    }

    private static Reading<ulong> CoalitionOf(ulong id) => id != 0 ? id : Reading.None<ulong>("it is in none");

    private static Reading<ProcessLogin> ReadLogin(in ProcessSample sample)
    {
        const int AuditUser = 0;
        const int ProcessId = 5;
        const int AuditSession = 6;
        if (!AuditToken.TryRead(sample.Pid, out audit_token_t token, out int code))
        {
            return sample.State is ProcessState.Zombie or ProcessState.Dead ? Reading.None<ProcessLogin>("it has ended, and this with it")
                : sample.Statuses.Of(SampleFields.UserTime) == ReadingStatus.Denied ? Reading.Denied<ProcessLogin>(MacOSReasons.Denied)
                : Reading.Failed<ProcessLogin>($"task_name_for_pid: kern_return_t {code}");
        }

        if (token.val[ProcessId] != (uint)sample.Pid)
        {
            return Reading.Gone<ProcessLogin>(MacOSReasons.Ended);
        }

        // 2^32-1 stands for "never set": a process that no login started.
        return new ProcessLogin(
            token.val[AuditUser] == uint.MaxValue ? Reading.None<uint>("no login started it") : token.val[AuditUser],
            (ulong)token.val[AuditSession],
            Reading.Unsupported<string>(MacOSReasons.NotOnMacOS),
            Reading.Unsupported<string>(MacOSReasons.NotOnMacOS));
    }

    private Reading<string> ReadLabel(in ProcessSample sample, ProcessIdentity identity)
    {
        Reading<bool> isSandboxed = identity.CodeSigning.HasValue ? identity.CodeSigning.Value.IsSandboxed : _signing.ReadSandbox(sample);
        return !isSandboxed.HasValue ? new Reading<string>(isSandboxed.Status, default, isSandboxed.Reason)
            : isSandboxed.Value ? "sandbox"
            : Reading.None<string>("it is in no sandbox");
    }
}
