namespace Sonde.Host.Processes;

/// <summary>What kind of process Windows says it is.</summary>
/// <param name="ProtectionType">"none", "light" (PPL) or "full" (PP).</param>
/// <param name="ProtectionSigner">Who may protect so: "antimalware", "lsa", "windows", "wintcb" …</param>
/// <param name="IsProtectionAudited">Whether only an audit of the protection is on.</param>
/// <param name="IsWow64">A 32-bit program on a 64-bit system.</param>
/// <param name="IsSecure">It runs in isolated user mode, out of the reach of the kernel.</param>
/// <param name="IsPackaged">It has package identity.</param>
/// <param name="Subsystem">"win32", "wsl", "pico" …</param>
/// <param name="IsFrozen">All its threads are frozen.</param>
/// <param name="IsCritical">The system stops when it ends.</param>
public sealed record WindowsProtection(
    Reading<string> ProtectionType,
    Reading<string> ProtectionSigner,
    Reading<bool> IsProtectionAudited,
    Reading<bool> IsWow64,
    Reading<bool> IsSecure,
    Reading<bool> IsPackaged,
    Reading<string> Subsystem,
    Reading<bool> IsFrozen,
    Reading<bool> IsCritical);
