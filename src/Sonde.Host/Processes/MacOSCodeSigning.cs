namespace Sonde.Host.Processes;

/// <summary>What the kernel of macOS says about the signature of the code that runs.</summary>
/// <param name="Flags">The code signing flags as they are.</param>
/// <param name="FlagNames">Their names: "valid", "runtime", "platform_binary" …</param>
/// <param name="Identifier">The signing identifier.</param>
/// <param name="TeamId">The team that signed it.</param>
/// <param name="CodeDirectoryHash">The hash that names exactly this code, in hexadecimal.</param>
/// <param name="ValidationCategory">Who vouches: "platform", "app_store", "developer_id", "local" …</param>
/// <param name="IsSandboxed">Whether it is confined by the sandbox.</param>
public sealed record MacOSCodeSigning(
    uint Flags,
    IReadOnlyList<string> FlagNames,
    Reading<string> Identifier,
    Reading<string> TeamId,
    Reading<string> CodeDirectoryHash,
    Reading<string> ValidationCategory,
    Reading<bool> IsSandboxed);
