using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Host.Processes.Linux;

/// <summary>Identities of processes out of the records of the task iterator: what the kernel wrote is taken from there, and what many processes share is read once.</summary>
/// <param name="reader">Reads the rest.</param>
/// <param name="available">What the records hold.</param>
[SupportedOSPlatform("linux")]
internal sealed class TaskIdentities(LinuxProcessReader reader, TaskFields available)
{
    private const uint Exiting = 0x4; // PF_EXITING: it has left its groups, and some of its files
    private const uint InitialPidNamespace = 4026531836; // PROC_PID_INIT_INO

    private static readonly Reading<IReadOnlyList<int>> s_noInnerPids = NamespacePids.Parse("1"u8, isThere: true);
    private readonly Dictionary<NamespaceIds, ProcessNamespaces> _namespaces = [];
    private readonly Dictionary<(ulong Entry, ulong Mount, ulong Inode), Reading<ProcessImage>> _images = [];
    private readonly Dictionary<(ulong Set, ulong Id), CgroupFacts> _cgroups = [];

    private ProcessIdentity? _last;
    private ProcessIdentity? _spare; // filled and not given away

    /// <summary>Forgets what was true for one walk only: addresses in the kernel are used again.</summary>
    internal void Forget()
    {
        _images.Clear();
        _cgroups.Clear();
        if (_namespaces.Count > 4096)
        {
            _namespaces.Clear();
        }
    }

    /// <summary>Fills what the record says by itself.</summary>
    /// <returns>What of the mask is complete.</returns>
    internal ProcessFields Fill(in TaskRecord task, ProcessFields wanted, ProcessIdentity identity)
    {
        ProcessFields filled = ProcessFields.None;
        bool isInitial = Has(TaskFields.Namespaces) && task.PidNamespaceLevel == 0;
        if (Wants(wanted, ProcessFields.User) && Has(TaskFields.Credentials))
        {
            identity.User = reader.Users.Of(task.EffectiveUserId);
            identity.Credentials = reader.Credentials.Of(
                new ProcStatus.UserIds(task.RealUserId, task.EffectiveUserId, task.SavedUserId, task.FileSystemUserId),
                new ProcStatus.UserIds(task.RealGroupId, task.EffectiveGroupId, task.SavedGroupId, task.FileSystemGroupId));
            filled |= ProcessFields.User;
        }

        if (Wants(wanted, ProcessFields.Privileges) && Has(TaskFields.Credentials | TaskFields.Sandbox) && isInitial)
        {
            identity.Capabilities = reader.Credentials.Of(
                task.InheritableCapabilities, task.PermittedCapabilities, task.EffectiveCapabilities, task.BoundingCapabilities, task.AmbientCapabilities);
            identity.NoNewPrivileges = (task.AtomicFlags & 1) != 0;
            identity.Seccomp = reader.Credentials.Of(task.SeccompMode, task.SeccompFilters);
            identity.NamespacePids = s_noInnerPids;
            filled |= ProcessFields.Privileges;
        }

        if (Wants(wanted, ProcessFields.Login) && Has(TaskFields.Audit) && reader.HasAudit)
        {
            identity.Login = reader.Credentials.OfLogin(LinuxProcessReader.ToAuditId(task.LoginUserId), LinuxProcessReader.ToAuditId(task.AuditSessionId));
            filled |= ProcessFields.Login;
        }

        if (Wants(wanted, ProcessFields.Namespaces) && isInitial && NamespacesOf(task) is { } namespaces)
        {
            identity.Namespaces = namespaces;
            filled |= ProcessFields.Namespaces;
        }

        const ProcessFields Foreign = ProcessFields.Protection | ProcessFields.CodeSigning;
        filled |= wanted & Foreign;
        if (filled != ProcessFields.None)
        {
            identity.OriginalParent = Reading.Unsupported<ProcessKey>("only a stream of events can know");
            LinuxProcessReader.MarkForeign(filled, identity);
        }

        return filled;
    }

    /// <summary>Reads everything; the caller makes sure afterwards that it was the same process all the time.</summary>
    /// <returns>An object that it shares with the process before it when they have all in common, as workers do; null for one that must be read by itself, with its folder held.</returns>
    internal ProcessIdentity? TryReadAll(in TaskRecord task, in ProcessSample sample, ProcessFields wanted)
    {
        ProcessIdentity identity = _spare is { } spare && spare.Fields == wanted ? spare : new ProcessIdentity { Fields = wanted };
        _spare = identity;
        if (!TryReadAll(task, sample, wanted, identity))
        {
            return null; // what was filled is filled anew for the next one
        }

        if (_last is { } last && last.IsSameAs(identity))
        {
            return last;
        }

        _spare = null;
        _last = identity;
        return identity;
    }

    private bool TryReadAll(in TaskRecord task, in ProcessSample sample, ProcessFields wanted, ProcessIdentity identity)
    {
        if ((task.Usage.Flags & Exiting) != 0 || task.ExitState != 0)
        {
            return false;
        }

        const ProcessFields Readable = ProcessFields.Arguments | ProcessFields.Image | ProcessFields.Containment | ProcessFields.Services | ProcessFields.Label;
        if ((wanted & ~Readable & ~Fill(task, wanted, identity)) != ProcessFields.None)
        {
            return false;
        }

        identity.OriginalParent = Reading.Unsupported<ProcessKey>("only a stream of events can know");
        if (Wants(wanted, ProcessFields.Arguments))
        {
            identity.Arguments = sample.IsKernel ? LinuxProcessReader.KernelArguments : reader.ReadArgumentsOf(sample);
        }

        if (Wants(wanted, ProcessFields.Image))
        {
            identity.Image = sample.IsKernel ? LinuxImageReader.Kernel : ImageOf(task, sample);
        }

        if ((wanted & (ProcessFields.Containment | ProcessFields.Services)) != ProcessFields.None)
        {
            CgroupOf(task).Fill(wanted, identity);
        }

        if (Wants(wanted, ProcessFields.Label))
        {
            identity.Label = reader.ReadLabelOf(sample.Pid);
        }

        LinuxProcessReader.MarkForeign(wanted, identity);
        return true;
    }

    private static bool Wants(ProcessFields wanted, ProcessFields field) => (wanted & field) != ProcessFields.None;

    private bool Has(TaskFields fields) => (available & fields) == fields;

    // The same entry of the same mount is the same path, as long as nobody renames it; within one walk that is as true as reading them one by one.
    private Reading<ProcessImage> ImageOf(in TaskRecord task, in ProcessSample sample)
    {
        bool isKeyed = Has(TaskFields.ImagePath | TaskFields.Image) && task.ImageEntry != 0;
        if (isKeyed && _images.TryGetValue((task.ImageEntry, task.ImageMount, task.ImageInode), out Reading<ProcessImage> known))
        {
            return known;
        }

        Reading<ProcessImage> image = reader.ReadImageOf(sample);

        // Whether a file that was deleted has been replaced is looked up in the process's own root: for each anew.
        if (isKeyed && task.ImageLinks > 0 && image.HasValue && image.Value.State.GetValueOrDefault(ProcessImageState.Deleted) == ProcessImageState.Present)
        {
            _images[(task.ImageEntry, task.ImageMount, task.ImageInode)] = image;
        }

        return image;
    }

    private CgroupFacts CgroupOf(in TaskRecord task)
    {
        bool isKeyed = Has(TaskFields.Cgroup) && task.CgroupSet != 0;
        if (isKeyed && _cgroups.TryGetValue((task.CgroupSet, task.CgroupId), out CgroupFacts? known))
        {
            return known;
        }

        CgroupFacts facts = reader.ReadCgroupOf(task.Usage.Pid);
        if (isKeyed && facts.Cgroup.HasValue)
        {
            _cgroups[(task.CgroupSet, task.CgroupId)] = facts;
        }

        return facts;
    }

    // A kernel without one of them has 0 there, and a process that ends has left them: the reader knows what to say then.
    private ProcessNamespaces? NamespacesOf(in TaskRecord task)
    {
        var ids = new NamespaceIds(
            task.CgroupNamespace, task.IpcNamespace, task.MountNamespace, task.NetworkNamespace, task.TimeNamespace, task.UserNamespace, task.UtsNamespace);
        if (ids.Cgroup == 0 || ids.Ipc == 0 || ids.Mount == 0 || ids.Network == 0 || ids.Time == 0 || ids.User == 0 || ids.Uts == 0)
        {
            return null;
        }

        if (!_namespaces.TryGetValue(ids, out ProcessNamespaces? namespaces))
        {
            namespaces = reader.Namespaces.Share(new ProcessNamespaces(ids.Cgroup, ids.Ipc, ids.Mount, ids.Network, InitialPidNamespace, ids.Time, ids.User, ids.Uts));
            _namespaces.Add(ids, namespaces);
        }

        return namespaces;
    }

    private readonly record struct NamespaceIds(uint Cgroup, uint Ipc, uint Mount, uint Network, uint Time, uint User, uint Uts);
}
