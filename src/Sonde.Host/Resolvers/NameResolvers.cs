using Sonde.Host.Resolvers.Linux;
using Sonde.Host.Resolvers.MacOS;
using Sonde.Host.Resolvers.Windows;

namespace Sonde.Host.Resolvers;

/// <summary>How this host resolves names: its DNS servers and search domains, and where each came from.</summary>
/// <remarks>Reads configuration only: no query is sent. Needs no privilege. Any thread.</remarks>
public abstract class NameResolvers
{
    internal const string Part = "resolvers";

    private protected NameResolvers()
    {
    }

    /// <summary>Makes the reader for this system.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static NameResolvers Create() =>
        OperatingSystem.IsLinux() ? new LinuxNameResolvers()
        : OperatingSystem.IsMacOS() ? new MacOSNameResolvers()
        : OperatingSystem.IsWindows() ? new WindowsNameResolvers()
        : throw new PlatformNotSupportedException("Resolvers are supported on Linux, macOS and Windows.");

    /// <summary>Tries every source of this system and says what it found, best first.</summary>
    public abstract IReadOnlyList<BackendStatus> Check();

    /// <summary>Reads the configuration now. A source that is missing or refused is listed among the sources with its reason.</summary>
    public abstract ResolverSnapshot Collect();
}
