using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Images;
using Sonde.Host.Processes.Unix;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Linux;

/// <summary>The identity and on-request tiers of a process from its folder in /proc, which is held while it is read: so all is of the same process or not there.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class LinuxProcessReader : ProcessReader
{
    private const int MaxCached = 64 * 1024;
    private const long MaxCachedBytes = 16L * 1024 * 1024;
    private const int MaxCgroupBytes = 1024 * 1024;

    private readonly ProcessCollectorOptions _options;
    private readonly ProcFiles _files;
    private readonly LinuxProcView _view;
    private readonly LinuxImageReader _images;
    private readonly LinuxDetailReader _details;
    private readonly LinuxNamespaceReader _namespaces;
    private readonly CredentialCache _credentials = new();
    private readonly UserNames _users;
    private readonly BytesCache<ProcessArguments> _arguments = new(MaxCached, MaxCachedBytes);
    private readonly BytesCache<CgroupFacts> _cgroups = new(MaxCached, MaxCachedBytes);
    private readonly BytesCache<string> _labels = new(4096, 1024 * 1024);
    private readonly byte[]? _labelFile;
    private readonly string _noLabel;
    private readonly bool _hasAudit;

    internal LinuxProcessReader(ProcFiles files, LinuxProcView view, ProcessCollectorOptions options)
    {
        _files = files;
        _view = view;
        _options = options;
        _users = new UserNames(options.PasswordFile);
        _images = new LinuxImageReader(files);
        _details = new LinuxDetailReader(files, options);
        _namespaces = new LinuxNamespaceReader(files);
        _hasAudit = files.ReadRoot("self/loginuid"u8, out _) > 0;
        (_labelFile, _noLabel) = FindLabelFile(files);
    }

    /// <summary>The file system that it reads, and owns.</summary>
    internal ProcFiles Files => _files;

    internal override Guid Boot => _view.Boot;

    internal override IReadOnlyList<Gap> Gaps => _view.Gaps;

    internal override ImageOpener Images => new LinuxImageOpener(_view.Root);

    internal override void BeginCycle(ProcessFields fields)
    {
        if ((fields & ProcessFields.User) != ProcessFields.None)
        {
            _users.Refresh();
        }
    }

    internal override bool ReadIdentity(in ProcessSample sample, ProcessFields fields, ProcessIdentity identity)
    {
        if (!TryEnter(sample))
        {
            return false;
        }

        try
        {
            ReadEntered(sample, fields, identity);
            return true;
        }
        finally
        {
            _files.Leave();
        }
    }

    /// <summary>Reads the identity of the process whose folder is open, and known to be the sample's.</summary>
    internal void ReadEntered(in ProcessSample sample, ProcessFields fields, ProcessIdentity identity)
    {
        identity.OriginalParent = Reading.Unsupported<ProcessKey>("only a stream of events can know");
        if ((fields & (ProcessFields.User | ProcessFields.Privileges)) != ProcessFields.None)
        {
            ReadStatus(fields, identity);
        }

        if ((fields & ProcessFields.Arguments) != ProcessFields.None)
        {
            identity.Arguments = ReadArguments(sample);
        }

        if ((fields & ProcessFields.Image) != ProcessFields.None)
        {
            identity.Image = _images.Read(sample);
        }

        if ((fields & (ProcessFields.Containment | ProcessFields.Services)) != ProcessFields.None)
        {
            ReadCgroup(fields, identity);
        }

        if ((fields & ProcessFields.Login) != ProcessFields.None)
        {
            identity.Login = ReadLogin();
        }

        if ((fields & ProcessFields.Label) != ProcessFields.None)
        {
            identity.Label = ReadLabel();
        }

        if ((fields & ProcessFields.Namespaces) != ProcessFields.None)
        {
            identity.Namespaces = _namespaces.Read();
        }

        MarkForeign(fields, identity);
    }

    internal override bool ReadDetails(in ProcessSample sample, ProcessFields fields, ProcessDetails details)
    {
        if (!TryEnter(sample))
        {
            return false;
        }

        try
        {
            _details.Read(sample, fields, details);
            return true;
        }
        finally
        {
            _files.Leave();
        }
    }

    protected override void Dispose(bool disposing)
    {
        _files.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What other systems have, says so when it is asked for.</summary>
    internal static void MarkForeign(ProcessFields fields, ProcessIdentity identity)
    {
        if ((fields & ProcessFields.Containment) != ProcessFields.None)
        {
            identity.Job = Reading.Unsupported<WindowsJob>(LinuxReasons.NotOnLinux);
            identity.Coalition = Reading.Unsupported<MacOSCoalition>(LinuxReasons.NotOnLinux);
        }

        if ((fields & ProcessFields.Privileges) != ProcessFields.None)
        {
            identity.Token = Reading.Unsupported<WindowsToken>(LinuxReasons.NotOnLinux);
        }

        if ((fields & ProcessFields.Protection) != ProcessFields.None)
        {
            identity.Protection = Reading.Unsupported<WindowsProtection>(LinuxReasons.NotOnLinux);
        }

        if ((fields & ProcessFields.CodeSigning) != ProcessFields.None)
        {
            identity.CodeSigning = Reading.Unsupported<MacOSCodeSigning>(LinuxReasons.NotOnLinux);
        }
    }

    private static (byte[]? File, string Absent) FindLabelFile(ProcFiles files)
    {
        foreach (string module in (ReadOnlySpan<string>)["attr/current", "attr/apparmor/current", "attr/smack/current"])
        {
            byte[] file = System.Text.Encoding.ASCII.GetBytes(module);
            if (files.ReadRoot([.. "self/"u8, .. file], out _) > 0)
            {
                return (file, string.Empty);
            }
        }

        return (null, "no security module labels processes here");
    }

    /// <summary>Opens the folder and makes sure that it is still the same process.</summary>
    private bool TryEnter(in ProcessSample sample)
    {
        if (_files.Enter(sample.Pid) == 0
            && _files.Read("stat"u8, out ReadOnlySpan<byte> text) > 0
            && ProcStat.TryParse(text, out ProcStat stat)
            && stat.StartTicks == sample.Start)
        {
            return true;
        }

        _files.Leave();
        return false;
    }

    private void ReadStatus(ProcessFields fields, ProcessIdentity identity)
    {
        int length = _files.Read("status"u8, out ReadOnlySpan<byte> text);
        if (length < 0)
        {
            ReadingStatus why = LinuxReasons.ToStatus(length, isOffered: true);
            string? reason = LinuxReasons.Of(why);
            identity.User = (fields & ProcessFields.User) != ProcessFields.None ? new Reading<ProcessUser>(why, default, reason) : identity.User;
            identity.Credentials = (fields & ProcessFields.User) != ProcessFields.None ? new Reading<UnixCredentials>(why, default, reason) : identity.Credentials;
            identity.Capabilities = (fields & ProcessFields.Privileges) != ProcessFields.None ? new Reading<ProcessCapabilities>(why, default, reason) : identity.Capabilities;
            return;
        }

        ProcStatus.Parse(text, out ProcStatus status);
        if ((fields & ProcessFields.User) != ProcessFields.None)
        {
            bool isThere = status.Has(ProcStatus.Facts.Users | ProcStatus.Facts.GroupIds);
            identity.User = isThere ? _users.Of(status.Users.Effective) : Reading.Unsupported<ProcessUser>(LinuxReasons.NotTold);
            identity.Credentials = isThere ? _credentials.Of(status.Users, status.GroupIds) : Reading.Unsupported<UnixCredentials>(LinuxReasons.NotTold);
        }

        if ((fields & ProcessFields.Privileges) != ProcessFields.None)
        {
            identity.Capabilities = status.Has(ProcStatus.Facts.Capabilities)
                ? _credentials.Of(status.CapInheritable, status.CapPermitted, status.CapEffective, status.CapBounding, status.CapAmbient)
                : Reading.Unsupported<ProcessCapabilities>(LinuxReasons.NotTold);
            identity.NoNewPrivileges = status.Has(ProcStatus.Facts.NoNewPrivileges) ? status.NoNewPrivileges : Reading.Unsupported<bool>(LinuxReasons.NotTold);
            identity.Seccomp = status.Has(ProcStatus.Facts.Seccomp)
                ? _credentials.Of(status.Seccomp, status.Has(ProcStatus.Facts.SeccompFilters) ? status.SeccompFilters : -1)
                : Reading.Unsupported<ProcessSeccomp>(LinuxReasons.NotTold);
            identity.NamespacePids = NamespacePids.Parse(status.NamespacePids, status.Has(ProcStatus.Facts.NamespacePids));
        }
    }

    private Reading<ProcessArguments> ReadArguments(in ProcessSample sample)
    {
        int max = Math.Max(1, _options.MaxArgumentBytes);
        int length = _files.Read("cmdline"u8, out ReadOnlySpan<byte> text, max);
        return ToArguments(sample, length, text, max);
    }

    private Reading<ProcessArguments> ToArguments(in ProcessSample sample, int length, ReadOnlySpan<byte> text, int max)
    {
        if (length < 0)
        {
            ReadingStatus why = LinuxReasons.ToStatus(length, isOffered: true);
            return new Reading<ProcessArguments>(why, default, LinuxReasons.Of(why));
        }

        if (length == 0)
        {
            return Reading.None<ProcessArguments>(
                sample.IsKernel ? KernelArguments.Reason
                : sample.State is ProcessState.Zombie or ProcessState.Dead ? "it has ended, and its command line with it"
                : "its command line is empty");
        }

        if (!_arguments.TryGet(text, out ProcessArguments? arguments))
        {
            arguments = CommandLineParser.Parse(text, isTruncated: length == max, _options.ShowSecrets);
            _arguments.Add(text, arguments);
        }

        return arguments;
    }

    private void ReadCgroup(ProcessFields fields, ProcessIdentity identity)
    {
        int length = _files.Read("cgroup"u8, out ReadOnlySpan<byte> text);
        ToCgroupFacts(length, text).Fill(fields, identity);
    }

    private CgroupFacts ToCgroupFacts(int length, ReadOnlySpan<byte> text)
    {
        if (length < 0)
        {
            ReadingStatus why = LinuxReasons.ToStatus(length, isOffered: true);
            return CgroupFacts.Absent(why, LinuxReasons.Of(why));
        }

        if (!_cgroups.TryGet(text, out CgroupFacts? facts))
        {
            facts = CgroupParser.Parse(text);
            _cgroups.Add(text, facts);
        }

        return facts;
    }

    private Reading<ProcessLogin> ReadLogin()
    {
        if (!_hasAudit)
        {
            return Reading.Unsupported<ProcessLogin>("this kernel keeps no audit ids");
        }

        return _credentials.OfLogin(ReadAuditId("loginuid"u8), ReadAuditId("sessionid"u8));
    }

    private Reading<uint> ReadAuditId(ReadOnlySpan<byte> file)
    {
        int length = _files.Read(file, out ReadOnlySpan<byte> text);
        if (length < 0)
        {
            ReadingStatus why = LinuxReasons.ToStatus(length, isOffered: true);
            return new Reading<uint>(why, default, LinuxReasons.Of(why));
        }

        return !new ProcNumbers(text.TrimEnd((byte)'\n')).TryUInt64(out ulong id) || id > uint.MaxValue ? Reading.Failed<uint>("it is no number") : ToAuditId((uint)id);
    }

    private Reading<string> ReadLabel()
    {
        if (_labelFile is null)
        {
            return Reading.None<string>(_noLabel);
        }

        int length = _files.Read(_labelFile, out ReadOnlySpan<byte> text);
        return ToLabel(length, text);
    }

    private Reading<string> ToLabel(int length, ReadOnlySpan<byte> text)
    {
        if (length < 0)
        {
            ReadingStatus why = LinuxReasons.ToStatus(length, isOffered: true);
            return new Reading<string>(why, default, LinuxReasons.Of(why));
        }

        text = text.TrimEnd("\0\n"u8);
        if (!_labels.TryGet(text, out string? label))
        {
            label = SystemText.Of(text);
            _labels.Add(text, label);
        }

        return label;
    }
}
