namespace Sonde.Host.Processes;

/// <summary>What the kernel of macOS says about the signature of the code that runs, and what confines it.</summary>
/// <param name="Flags">The code signing flags as they are.</param>
/// <param name="FlagNames">Their names: "valid", "runtime", "platform_binary" …</param>
/// <param name="Identifier">The signing identifier.</param>
/// <param name="TeamId">The team that signed it.</param>
/// <param name="CodeDirectoryHash">The hash that names exactly this code, in hexadecimal.</param>
/// <param name="ValidationCategory">Who vouches: "platform", "app_store", "developer_id", "local" …</param>
/// <param name="IsSandboxed">Whether it is confined by the sandbox.</param>
/// <param name="SystemIntegrity">System integrity protection, the same for all processes: "on", or what it lets pass; while it is off, flags protect less.</param>
public sealed record MacOSCodeSigning(
    uint Flags,
    IReadOnlyList<string> FlagNames,
    Reading<string> Identifier,
    Reading<string> TeamId,
    Reading<string> CodeDirectoryHash,
    Reading<string> ValidationCategory,
    Reading<bool> IsSandboxed,
    Reading<string> SystemIntegrity)
{
    /// <summary>Whether the hardened runtime is on: no foreign libraries, no injected code, no debugger unless entitled.</summary>
    public bool IsHardened => (Flags & Interop.MacOS.Darwin.CS_RUNTIME) != 0;

    /// <summary>Whether it is part of macOS itself.</summary>
    public bool IsPlatformBinary => (Flags & Interop.MacOS.Darwin.CS_PLATFORM_BINARY) != 0;
}
