using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>A stop made of a manual-reset event.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsStopSignal : StopSignal
{
    private readonly ManualResetEvent _event = new(initialState: false);

    /// <summary>The kernel event, for WaitForMultipleObjects or a library's own wait.</summary>
    internal WaitHandle Waitable => _event;

    internal override void Signal() => _event.Set();

    internal override bool Wait(TimeSpan timeout) => _event.WaitOne(timeout);

    private protected override void DisposeCore() => _event.Dispose();
}
