using Sonde.Host.Streams.Unix;
using Sonde.Host.Streams.Windows;

namespace Sonde.Host.Streams;

/// <summary>Whoever reads this process's standard output: what writes seldom learns from here, and not from its next write, that nobody reads any more.</summary>
public abstract class OutputReader
{
    private protected OutputReader()
    {
    }

    /// <summary>Whether the system tells before something is written. Windows does not.</summary>
    public abstract bool CanTell { get; }

    /// <summary>Looks at the standard output of this process.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static OutputReader Create() =>
        OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() ? new UnixOutputReader()
        : OperatingSystem.IsWindows() ? new WindowsOutputReader()
        : throw new PlatformNotSupportedException("Outputs are supported on Linux, macOS and Windows.");

    /// <summary>Waits until the reader of a pipe, a socket or a terminal has gone.</summary>
    /// <param name="patience">How long at most, up to a day.</param>
    /// <returns>Whether it has gone; false when it is still there, when there never was one (a file), and at once where the system cannot tell.</returns>
    /// <exception cref="HostException">The system refused.</exception>
    public abstract bool AwaitGone(TimeSpan patience);
}
