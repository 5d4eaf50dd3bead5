namespace Sonde.Host.Processes;

/// <summary>What is read once per process and kept: its program, command line, user and confinement.</summary>
/// <remarks>
/// Never changes once it is in a snapshot. When the process executes another image, or the refresh time is over, the next snapshot holds another
/// object; snapshots in between share the same one. What stands in no field mask, or on another system, says so in its reason.
/// </remarks>
public sealed class ProcessIdentity
{
    internal ProcessIdentity()
        : this(ReadingStatus.NotCollected, "nobody asked for it")
    {
    }

    private ProcessIdentity(ReadingStatus status, string? reason)
    {
        OriginalParent = new Reading<ProcessKey>(status, default, reason);
        Image = new Reading<ProcessImage>(status, default, reason);
        Arguments = new Reading<ProcessArguments>(status, default, reason);
        User = new Reading<ProcessUser>(status, default, reason);
        Credentials = new Reading<UnixCredentials>(status, default, reason);
        Login = new Reading<ProcessLogin>(status, default, reason);
        Cgroup = new Reading<ProcessCgroup>(status, default, reason);
        Container = new Reading<ProcessContainer>(status, default, reason);
        Pod = new Reading<KubernetesPod>(status, default, reason);
        Unit = new Reading<ProcessUnit>(status, default, reason);
        Package = new Reading<ProcessPackage>(status, default, reason);
        Job = new Reading<WindowsJob>(status, default, reason);
        Coalition = new Reading<MacOSCoalition>(status, default, reason);
        Services = new Reading<IReadOnlyList<string>>(status, default, reason);
        Capabilities = new Reading<ProcessCapabilities>(status, default, reason);
        Seccomp = new Reading<ProcessSeccomp>(status, default, reason);
        NoNewPrivileges = new Reading<bool>(status, default, reason);
        NamespacePids = new Reading<IReadOnlyList<int>>(status, default, reason);
        Token = new Reading<WindowsToken>(status, default, reason);
        Label = new Reading<string>(status, default, reason);
        Namespaces = new Reading<ProcessNamespaces>(status, default, reason);
        Protection = new Reading<WindowsProtection>(status, default, reason);
        CodeSigning = new Reading<MacOSCodeSigning>(status, default, reason);
    }

    /// <summary>Of a process that ended, or whose id was used again, while it was read.</summary>
    internal static ProcessIdentity Gone { get; } = new(ReadingStatus.Gone, "it ended while it was read");

    /// <summary>Of a process of which nothing was read.</summary>
    internal static ProcessIdentity Unread { get; } = new();

    /// <summary>What of the mask was read into this object.</summary>
    public ProcessFields Fields { get; internal set; }

    /// <summary>The process that started it, also when that has ended and it was given to another parent; only a stream of events can know.</summary>
    public Reading<ProcessKey> OriginalParent { get; internal set; }

    /// <summary>The program's file.</summary>
    public Reading<ProcessImage> Image { get; internal set; }

    /// <summary>The command line; none for kernel threads and zombies.</summary>
    public Reading<ProcessArguments> Arguments { get; internal set; }

    /// <summary>The user as whom it acts.</summary>
    public Reading<ProcessUser> User { get; internal set; }

    /// <summary>All user and group ids, on Linux and macOS.</summary>
    public Reading<UnixCredentials> Credentials { get; internal set; }

    /// <summary>The login it descends from.</summary>
    public Reading<ProcessLogin> Login { get; internal set; }

    /// <summary>Linux: its control group.</summary>
    public Reading<ProcessCgroup> Cgroup { get; internal set; }

    /// <summary>The container it runs in.</summary>
    public Reading<ProcessContainer> Container { get; internal set; }

    /// <summary>Linux: the Kubernetes pod it belongs to.</summary>
    public Reading<KubernetesPod> Pod { get; internal set; }

    /// <summary>The unit of systemd or launchd that it belongs to.</summary>
    public Reading<ProcessUnit> Unit { get; internal set; }

    /// <summary>The package that confines it.</summary>
    public Reading<ProcessPackage> Package { get; internal set; }

    /// <summary>Windows: its job and silo.</summary>
    public Reading<WindowsJob> Job { get; internal set; }

    /// <summary>macOS: its coalitions.</summary>
    public Reading<MacOSCoalition> Coalition { get; internal set; }

    /// <summary>The services that run in it, by the service manager's own names.</summary>
    public Reading<IReadOnlyList<string>> Services { get; internal set; }

    /// <summary>Linux: its capabilities.</summary>
    public Reading<ProcessCapabilities> Capabilities { get; internal set; }

    /// <summary>Linux: how its system calls are restricted.</summary>
    public Reading<ProcessSeccomp> Seccomp { get; internal set; }

    /// <summary>Linux: whether executing a program can no longer add rights.</summary>
    public Reading<bool> NoNewPrivileges { get; internal set; }

    /// <summary>Linux: its id in each inner pid namespace, outermost first.</summary>
    public Reading<IReadOnlyList<int>> NamespacePids { get; internal set; }

    /// <summary>Windows: its access token.</summary>
    public Reading<WindowsToken> Token { get; internal set; }

    /// <summary>The label of the security module.</summary>
    public Reading<string> Label { get; internal set; }

    /// <summary>Linux: its namespaces.</summary>
    public Reading<ProcessNamespaces> Namespaces { get; internal set; }

    /// <summary>Windows: its protection and kind.</summary>
    public Reading<WindowsProtection> Protection { get; internal set; }

    /// <summary>macOS: what its code signature says.</summary>
    public Reading<MacOSCodeSigning> CodeSigning { get; internal set; }

    /// <summary>Whether another object says the same.</summary>
    internal bool IsSameAs(ProcessIdentity other) =>
        Fields == other.Fields
        && OriginalParent == other.OriginalParent
        && Image == other.Image
        && Arguments == other.Arguments
        && User == other.User
        && Credentials == other.Credentials
        && Login == other.Login
        && Cgroup == other.Cgroup
        && Container == other.Container
        && Pod == other.Pod
        && Unit == other.Unit
        && Package == other.Package
        && Job == other.Job
        && Coalition == other.Coalition
        && Services == other.Services
        && Capabilities == other.Capabilities
        && Seccomp == other.Seccomp
        && NoNewPrivileges == other.NoNewPrivileges
        && NamespacePids == other.NamespacePids
        && Token == other.Token
        && Label == other.Label
        && Namespaces == other.Namespaces
        && Protection == other.Protection
        && CodeSigning == other.CodeSigning;
}
