using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Services.Windows;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>The identity and on-request tiers of a process through one handle, which is kept: so all is of the same process or not there. What is refused is refused field by field.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProcessReader : ProcessReader
{
    private readonly ProcessList _list;
    private readonly ProcessHandles _handles;
    private readonly DebugPrivilege _debug;
    private readonly NativePaths _paths;
    private readonly WindowsImageReader _images;
    private readonly TokenReader _tokens = new(new WindowsUsers());
    private readonly LoginReader _logins = new();
    private readonly ParameterReader _parameters;
    private readonly WindowsDetailReader _details;
    private Reading<IReadOnlyDictionary<int, IReadOnlyList<string>>>? _services; // of this cycle, once they were needed

    internal WindowsProcessReader(ProcessList list, ProcessHandles handles, DebugPrivilege debug, ProcessCollectorOptions options)
    {
        _list = list;
        _handles = handles;
        _debug = debug;
        _paths = new NativePaths(Environment.GetFolderPath(Environment.SpecialFolder.Windows), DosDevices.TargetOf);
        _images = new WindowsImageReader(_paths);
        _parameters = new ParameterReader(options);
        _details = new WindowsDetailReader(_tokens, _parameters);
        Boot = WindowsBoot.Read();
        Gaps = debug.Refusal is { } refusal ? [new Gap(DebugPrivilege.Name, ReadingStatus.Denied, refusal)] : [];
    }

    internal override Guid Boot { get; }

    internal override IReadOnlyList<Gap> Gaps { get; }

    internal override void BeginCycle(ProcessFields fields)
    {
        _paths.BeginCycle();
        _images.BeginCycle();
        _services = null;
    }

    internal override bool ReadIdentity(in ProcessSample sample, ProcessFields fields, ProcessIdentity identity)
    {
        OpenedProcess opened = Open(sample, tryAgain: true);
        if (opened.IsGone && !sample.IsKernel)
        {
            return false;
        }

        bool isListed = _list.TryFind(sample.Pid, out ProcessEntry entry);
        if ((fields & ProcessFields.Image) != ProcessFields.None)
        {
            identity.Image = _images.Read(sample, opened, entry.Name);
        }

        if ((fields & ProcessFields.Arguments) != ProcessFields.None)
        {
            identity.Arguments = _parameters.ReadArguments(sample, opened);
        }

        Reading<ProcessUser> user = (fields & (ProcessFields.User | ProcessFields.Privileges | ProcessFields.Login | ProcessFields.Containment)) != ProcessFields.None
            ? ReadToken(opened, fields, identity)
            : default;

        if ((fields & ProcessFields.Containment) != ProcessFields.None)
        {
            ContainmentReader.Read(sample.Pid, opened, isListed ? JobIdOf(entry) : null, _list.TryFind(Environment.ProcessId, out ProcessEntry self) ? JobIdOf(self) : null, user, identity);
        }

        if ((fields & ProcessFields.Protection) != ProcessFields.None)
        {
            identity.Protection = ProtectionReader.Read(opened);
        }

        if ((fields & ProcessFields.Services) != ProcessFields.None)
        {
            identity.Services = ServicesOf(sample.Pid);
        }

        MarkForeign(fields, identity);
        return true;
    }

    internal override bool ReadDetails(in ProcessSample sample, ProcessFields fields, ProcessDetails details)
    {
        OpenedProcess opened = Open(sample, tryAgain: false);
        if (opened.IsGone && !sample.IsKernel)
        {
            return false;
        }

        bool isListed = _list.TryFind(sample.Pid, out ProcessEntry entry);
        Reading<ProcessImage> image = (fields & (ProcessFields.ImageDetails | ProcessFields.Signature)) != ProcessFields.None
            ? _images.Read(sample, opened, entry.Name)
            : Reading.None<ProcessImage>();
        _details.Read(sample, isListed ? entry.Head.WorkingSetPrivateSize : 0, opened, image, fields, details);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _handles.Dispose();
        _debug.Dispose();
        base.Dispose(disposing);
    }

    private static uint? JobIdOf(in ProcessEntry entry) => entry.HasExtension ? entry.Extension.JobObjectId : null;

    // A sample without a start is of an engine that was refused it: whoever has the id now is meant.
    private OpenedProcess Open(in ProcessSample sample, bool tryAgain) =>
        _handles.Get(sample.Pid, sample.Statuses.Of(SampleFields.StartTime) == ReadingStatus.Ok ? WindowsSamples.ToFileTime(sample.StartTimeTicks) : null, tryAgain);

    private Reading<ProcessUser> ReadToken(OpenedProcess opened, ProcessFields fields, ProcessIdentity identity)
    {
        int error = Win32.ERROR_SUCCESS;
        AccessToken? token = null;
        if (opened.Handle is { } handle)
        {
            error = TokenReader.Open(handle, out token);
        }

        using (token)
        {
            Reading<ProcessUser> user = token is null ? Absent<ProcessUser>(opened, error) : _tokens.ReadUser(token);
            if ((fields & ProcessFields.User) != ProcessFields.None)
            {
                identity.User = user;
                identity.Credentials = Reading.Unsupported<UnixCredentials>(WindowsReasons.NotOnWindows);
            }

            if ((fields & ProcessFields.Privileges) != ProcessFields.None)
            {
                identity.Token = token is null ? Absent<WindowsToken>(opened, error) : _tokens.Read(token);
            }

            if ((fields & ProcessFields.Login) != ProcessFields.None)
            {
                identity.Login = token is null ? Absent<ProcessLogin>(opened, error) : _logins.Read(TokenReader.ReadLogon(token));
            }

            return user;
        }
    }

    // The service manager is asked once a cycle, and only in one in which a process is new.
    private Reading<IReadOnlyList<string>> ServicesOf(int pid)
    {
        Reading<IReadOnlyDictionary<int, IReadOnlyList<string>>> all = _services ??= WindowsHostedServices.Read();
        return !all.TryGetValue(out IReadOnlyDictionary<int, IReadOnlyList<string>>? byProcess) ? new Reading<IReadOnlyList<string>>(all.Status, default, all.Reason)
            : byProcess.TryGetValue(pid, out IReadOnlyList<string>? names) ? Reading.Ok(names)
            : Reading.None<IReadOnlyList<string>>("no service runs in it");
    }

    private static Reading<T> Absent<T>(OpenedProcess opened, int error) => opened.Handle is null ? opened.Refusal<T>() : WindowsReasons.AbsentWin32<T>(error);

    /// <summary>What other systems have, says so when it is asked for.</summary>
    private static void MarkForeign(ProcessFields fields, ProcessIdentity identity)
    {
        identity.OriginalParent = Reading.Unsupported<ProcessKey>("only a stream of events can know");
        if ((fields & ProcessFields.Containment) != ProcessFields.None)
        {
            identity.Cgroup = Reading.Unsupported<ProcessCgroup>(WindowsReasons.NotOnWindows);
            identity.Pod = Reading.Unsupported<KubernetesPod>("Windows does not tell the pod of a container");
            identity.Unit = Reading.Unsupported<ProcessUnit>("Windows has services instead");
            identity.Coalition = Reading.Unsupported<MacOSCoalition>(WindowsReasons.NotOnWindows);
        }

        if ((fields & ProcessFields.Privileges) != ProcessFields.None)
        {
            identity.Capabilities = Reading.Unsupported<ProcessCapabilities>("Windows has privileges instead");
            identity.Seccomp = Reading.Unsupported<ProcessSeccomp>("Windows has mitigations instead");
            identity.NoNewPrivileges = Reading.Unsupported<bool>(WindowsReasons.NotOnWindows);
            identity.NamespacePids = Reading.Unsupported<IReadOnlyList<int>>(WindowsReasons.NotOnWindows);
        }

        if ((fields & ProcessFields.Label) != ProcessFields.None)
        {
            identity.Label = Reading.Unsupported<string>("Windows has integrity levels instead");
        }

        if ((fields & ProcessFields.Namespaces) != ProcessFields.None)
        {
            identity.Namespaces = Reading.Unsupported<ProcessNamespaces>(WindowsReasons.NotOnWindows);
        }

        if ((fields & ProcessFields.CodeSigning) != ProcessFields.None)
        {
            identity.CodeSigning = Reading.Unsupported<MacOSCodeSigning>("Windows has signatures of files instead");
        }
    }
}
