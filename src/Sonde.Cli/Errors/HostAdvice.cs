using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Sonde.Host;
using Sonde.Tun;

namespace Sonde.Cli.Errors;

/// <summary>What a user of this system can type to make something work. Libraries state facts; advice is given here only.</summary>
internal abstract class HostAdvice
{
    private protected HostAdvice(string system) => System = system;

    /// <summary>The system and its version, for reports: "Linux 6.18.44 X64".</summary>
    internal string System { get; }

    /// <summary>The advice for this system.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "This is the place that asks, and the description is only printed.")]
    internal static HostAdvice Create()
    {
        string system = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}";
        return OperatingSystem.IsWindows() ? new WindowsAdvice(system, RuntimeInformation.ProcessArchitecture)
            : OperatingSystem.IsMacOS() ? new MacOSAdvice(system)
            : new LinuxAdvice(system);
    }

    /// <summary>Lines that tell how to get rid of a refusal; empty when nothing helps.</summary>
    internal IReadOnlyList<string> For(HostException refused) => For(refused.Failure == HostFailure.AccessDenied, refused.Operation, []);

    /// <summary>Lines that tell how to get a TUN device after all; empty when nothing helps.</summary>
    internal IReadOnlyList<string> For(TunException refused) => refused.Failure is TunFailure.AccessDenied or TunFailure.Unavailable
        ? For(refused.Failure == TunFailure.AccessDenied, refused.Operation, refused.Failure == TunFailure.AccessDenied ? TunRights : [])
        : [];

    /// <summary>The rights that TUN devices need here, where they have names.</summary>
    private protected virtual IReadOnlyList<string> TunRights => [];

    /// <summary>Lines that tell how to make a backend usable; empty when it is, or when nothing helps.</summary>
    internal IReadOnlyList<string> For(BackendStatus backend) =>
        backend.State == BackendState.Available ? [] : For(backend.State == BackendState.Denied, $"{backend.Backend} {backend.Operation}", backend.MissingRights);

    private protected abstract IReadOnlyList<string> For(bool isDenied, string operation, IReadOnlyList<string> missingRights);
}
