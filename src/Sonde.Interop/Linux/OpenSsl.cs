using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux;

/// <summary>The library by which .NET computes hashes on Linux: it ends the whole program when it is asked for one and finds none, as in small containers.</summary>
[SupportedOSPlatform("linux")]
internal static class OpenSsl
{
    // The names that the runtime tries, the newest first.
    private static readonly string[] s_names = ["libssl.so.3", "libssl.so.1.1", "libssl.so.1.0.2", "libssl.so.1.0.0", "libssl.so.10"];
    private static readonly Lazy<bool> s_isInstalled = new(static () => Array.Exists(s_names, static name => NativeLibrary.TryLoad(name, out _)));

    /// <summary>Whether it is there; found out once.</summary>
    internal static bool IsInstalled => s_isInstalled.Value;
}
