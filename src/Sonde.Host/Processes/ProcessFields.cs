namespace Sonde.Host.Processes;

/// <summary>What to collect, and so what to pay for. A field that nobody asked for reads as "not collected".</summary>
/// <remarks>
/// Three tiers. Every cycle: read anew at each <see cref="ProcessCollector.Collect"/>. Identity: read once per process, and again when it executed
/// another image or the refresh time is over. On request: read anew at each collection too, at many times the price; ask for few processes.
/// </remarks>
[Flags]
public enum ProcessFields : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    // Every cycle.

    /// <summary>Id, name, parent, state, times, threads, priority, resident and virtual memory, faults. Always collected: every engine's one call gives it.</summary>
    Core = 1UL << 0,

    /// <summary>Private, shared, swapped, locked and peak memory, footprint.</summary>
    Memory = 1UL << 1,

    /// <summary>Bytes and operations read and written, from disks and by system calls.</summary>
    Io = 1UL << 2,

    /// <summary>How many descriptors or handles are open.</summary>
    Handles = 1UL << 3,

    /// <summary>Voluntary and forced context switches.</summary>
    ContextSwitches = 1UL << 4,

    /// <summary>Who traces or debugs it.</summary>
    Tracer = 1UL << 5,

    /// <summary>Processor cycles, instructions, energy and wake-ups.</summary>
    Energy = 1UL << 6,

    // Once per identity.

    /// <summary>The program's file: path, whether it is still what runs, device, inode, size and time.</summary>
    Image = 1UL << 16,

    /// <summary>The command line.</summary>
    Arguments = 1UL << 17,

    /// <summary>User and credentials.</summary>
    User = 1UL << 18,

    /// <summary>Who logged in, and in which session.</summary>
    Login = 1UL << 19,

    /// <summary>Control group, container, pod, unit, package; job and silo; coalition and launchd label.</summary>
    Containment = 1UL << 20,

    /// <summary>Capabilities, seccomp, no_new_privs, ids in inner namespaces; token, integrity and elevation.</summary>
    Privileges = 1UL << 21,

    /// <summary>The label of the security module (SELinux, AppArmor, Smack), or the sandbox.</summary>
    Label = 1UL << 22,

    /// <summary>The eight namespaces.</summary>
    Namespaces = 1UL << 23,

    /// <summary>Windows: protection, WOW64, subsystem and what else the process is.</summary>
    Protection = 1UL << 24,

    /// <summary>macOS: what the code signature says.</summary>
    CodeSigning = 1UL << 25,

    /// <summary>Which services run in it, as the service manager says.</summary>
    Services = 1UL << 26,

    // On request.

    /// <summary>Working and root folder.</summary>
    Folders = 1UL << 40,

    /// <summary>Environment variables, as they were at the start; values that look like secrets are masked.</summary>
    Environment = 1UL << 41,

    /// <summary>Supplementary groups.</summary>
    Groups = 1UL << 42,

    /// <summary>Proportional and unique memory, summed up over all mappings.</summary>
    MemoryMap = 1UL << 43,

    /// <summary>Resource limits.</summary>
    Limits = 1UL << 44,

    /// <summary>I/O priority, page priority, affinity.</summary>
    Scheduling = 1UL << 45,

    /// <summary>How likely the system ends it for lack of memory.</summary>
    OutOfMemory = 1UL << 46,

    /// <summary>Owner, mode, capabilities, processor and version of the program's file.</summary>
    ImageDetails = 1UL << 47,

    /// <summary>How the user namespace maps its ids to those of the host.</summary>
    UserMap = 1UL << 48,

    /// <summary>SHA-256 of the program's file.</summary>
    Hash = 1UL << 49,

    /// <summary>Windows: the signature of the program's file.</summary>
    Signature = 1UL << 50,

    /// <summary>macOS: entitlements.</summary>
    Entitlements = 1UL << 51,

    /// <summary>Windows: which exploit mitigations are on.</summary>
    Mitigations = 1UL << 52,

    /// <summary>Windows: GDI and USER objects.</summary>
    GuiObjects = 1UL << 53,

    /// <summary>The whole first tier.</summary>
    EveryCycle = Core | Memory | Io | Handles | ContextSwitches | Tracer | Energy,

    /// <summary>The whole second tier.</summary>
    Identity = Image | Arguments | User | Login | Containment | Privileges | Label | Namespaces | Protection | CodeSigning | Services,

    /// <summary>The whole third tier.</summary>
    OnRequest = Folders | Environment | Groups | MemoryMap | Limits | Scheduling | OutOfMemory | ImageDetails | UserMap | Hash | Signature | Entitlements | Mitigations | GuiObjects,

    /// <summary>The first two tiers.</summary>
    Standard = EveryCycle | Identity,

    /// <summary>Everything.</summary>
    All = EveryCycle | Identity | OnRequest,
}
