namespace Sonde.Host.Systems;

/// <summary>What a host is and what protects it; each fact, or why there is none.</summary>
public sealed record HostRecord
{
    /// <summary>The system as people call it: "Debian GNU/Linux 12 (bookworm)", "macOS", "Microsoft Windows 11 Pro".</summary>
    public Reading<string> Name { get; init; }

    /// <summary>Its version: "12", "15.1", "10.0.26100".</summary>
    public Reading<string> Version { get; init; }

    /// <summary>The build, which is more exact than the version where there is one: "24B83", "26100.2033".</summary>
    public Reading<string> Build { get; init; }

    /// <summary>Which of its editions: "Professional", "server".</summary>
    public Reading<string> Edition { get; init; }

    /// <summary>The kernel: "Linux 6.18.44", "Darwin 24.1.0", "Windows NT 10.0.26100".</summary>
    public Reading<string> Kernel { get; init; }

    /// <summary>What the kernel was built for, in the system's word: "x86_64", "arm64", "64-bit".</summary>
    public Reading<string> Architecture { get; init; }

    /// <summary>The name of the host.</summary>
    public Reading<string> HostName { get; init; }

    /// <summary>The domain that it belongs to: of DNS or NIS on Unix, of Active Directory on Windows.</summary>
    public Reading<string> Domain { get; init; }

    /// <summary>When the system was installed.</summary>
    public Reading<DateTimeOffset> Installed { get; init; }

    /// <summary>When it was started.</summary>
    public Reading<DateTimeOffset> Started { get; init; }

    /// <summary>Who made the machine.</summary>
    public Reading<string> Manufacturer { get; init; }

    /// <summary>Which machine it is: "Mac15,3", "PowerEdge R640".</summary>
    public Reading<string> Model { get; init; }

    /// <summary>Who made its firmware.</summary>
    public Reading<string> FirmwareVendor { get; init; }

    /// <summary>The version of the firmware.</summary>
    public Reading<string> FirmwareVersion { get; init; }

    /// <summary>The date of the firmware, as it writes it.</summary>
    public Reading<string> FirmwareDate { get; init; }

    /// <summary>The processor's own name.</summary>
    public Reading<string> Processor { get; init; }

    /// <summary>How many processors run threads: cores, twice where they run two.</summary>
    public Reading<int> Processors { get; init; }

    /// <summary>The memory that the system has, in bytes.</summary>
    public Reading<long> MemoryBytes { get; init; }

    /// <summary>The hypervisor below, in the word that it gives to processors: "KVMKVMKVM", "Microsoft Hv"; none on bare metal.</summary>
    public Reading<string> Hypervisor { get; init; }

    /// <summary>Whether the firmware starts only what is signed.</summary>
    public Reading<bool> SecureBoot { get; init; }

    /// <summary>The security modules that are active in a Linux kernel, in the order in which they are asked.</summary>
    public Reading<IReadOnlyList<string>> SecurityModules { get; init; }

    /// <summary>Whether SELinux enforces its policy: "enforcing", "permissive".</summary>
    public Reading<string> SELinux { get; init; }

    /// <summary>Whether AppArmor is on: "enabled", "disabled".</summary>
    public Reading<string> AppArmor { get; init; }

    /// <summary>How far the Linux kernel is closed to root: "none", "integrity", "confidentiality".</summary>
    public Reading<string> Lockdown { get; init; }

    /// <summary>Who may look into processes by ptrace, as Yama limits it: "own", "descendants", "administrators", "nobody".</summary>
    public Reading<string> PtraceScope { get; init; }

    /// <summary>System integrity protection of macOS: "on", "off", or what it lets pass.</summary>
    public Reading<string> SystemIntegrity { get; init; }

    /// <summary>Whether Windows asks before a program gets an administrator's rights.</summary>
    public Reading<bool> UserAccountControl { get; init; }

    /// <summary>Whether the process that keeps Windows' passwords is set to be a protected one.</summary>
    public Reading<bool> LsaProtection { get; init; }

    /// <summary>Whether Windows is set to have its kernel's code checked by the hypervisor.</summary>
    public Reading<bool> MemoryIntegrity { get; init; }

    /// <summary>What Microsoft Defender says of itself.</summary>
    public Reading<DefenderState> Defender { get; init; }

    /// <summary>The products that told the security center of Windows about themselves.</summary>
    public Reading<IReadOnlyList<SecurityProduct>> SecurityProducts { get; init; }

    /// <summary>The updates that Windows lists as installed.</summary>
    public Reading<IReadOnlyList<HostUpdate>> Updates { get; init; }
}
