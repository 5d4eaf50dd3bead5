using Sonde.Host.Privileges.Linux;
using Sonde.Host.Privileges.MacOS;
using Sonde.Host.Privileges.Windows;

namespace Sonde.Host.Privileges;

/// <summary>What this process may do beyond an ordinary user's rights, and the way to give it up.</summary>
/// <remarks>Any thread. <see cref="Drop"/> acts on the whole process and cannot be taken back.</remarks>
public abstract class ProcessPrivileges
{
    internal const string Part = "privileges";

    private protected ProcessPrivileges()
    {
    }

    /// <summary>Makes the reader for this system.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static ProcessPrivileges Create() =>
        OperatingSystem.IsLinux() ? new LinuxProcessPrivileges()
        : OperatingSystem.IsMacOS() ? new MacOSProcessPrivileges()
        : OperatingSystem.IsWindows() ? new WindowsProcessPrivileges()
        : throw new PlatformNotSupportedException("Privileges are supported on Linux, macOS and Windows.");

    /// <summary>Tries every source of this system and says what it found, best first.</summary>
    public abstract IReadOnlyList<BackendStatus> Check();

    /// <summary>Reads what this process holds now.</summary>
    /// <exception cref="HostException">The system does not tell.</exception>
    public abstract PrivilegeReport Read();

    /// <summary>Gives up every right except <paramref name="keep"/>, in all threads, for good, and checks that it is so.</summary>
    /// <param name="keep">Names as in <see cref="HeldRight.Name"/>; a name that is not held is ignored.</param>
    /// <returns>What was given up and what could not be.</returns>
    /// <exception cref="ArgumentException">A name is no right of this system.</exception>
    /// <exception cref="HostException">The system refused; nothing is known about what is still held.</exception>
    public abstract PrivilegeDrop Drop(IReadOnlyCollection<string> keep);
}
