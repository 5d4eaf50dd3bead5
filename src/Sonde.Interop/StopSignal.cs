using Sonde.Interop.Linux;
using Sonde.Interop.MacOS;
using Sonde.Interop.Windows;

namespace Sonde.Interop;

/// <summary>A stop that a blocking system call can wait for beside its own work; once signalled it stays so.</summary>
internal abstract class StopSignal : IDisposable
{
    private CancellationTokenRegistration _registration;

    private protected StopSignal()
    {
    }

    /// <summary>A stop of the kind this system waits on: eventfd, pipe or event.</summary>
    internal static StopSignal Create() =>
        OperatingSystem.IsLinux() ? new LinuxStopSignal()
        : OperatingSystem.IsMacOS() ? new MacOSStopSignal()
        : OperatingSystem.IsWindows() ? new WindowsStopSignal()
        : throw new PlatformNotSupportedException("Sonde runs on Linux, macOS and Windows.");

    /// <summary>A stop that is signalled when <paramref name="token"/> is cancelled.</summary>
    internal static StopSignal Create(CancellationToken token)
    {
        StopSignal stop = Create();
        stop._registration = token.UnsafeRegister(static state => ((StopSignal)state!).Signal(), stop); // the state is the stop given here
        return stop;
    }

    /// <summary>Ends every present and future wait; may be called from any thread and more than once.</summary>
    internal abstract void Signal();

    /// <summary>Waits for the stop alone.</summary>
    /// <returns>Whether it was signalled before the time was over.</returns>
    internal abstract bool Wait(TimeSpan timeout);

    public void Dispose()
    {
        // Waits for a running callback, so that Signal never meets a closed handle.
        _registration.Dispose();
        DisposeCore();
        GC.SuppressFinalize(this);
    }

    private protected abstract void DisposeCore();
}
