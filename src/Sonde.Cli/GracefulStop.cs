using System.Runtime.InteropServices;

namespace Sonde.Cli;

/// <summary>Turns the signals that ask a command to end into a token: Ctrl-C, SIGTERM, SIGHUP; on Windows Break and closing the window too.</summary>
/// <remarks>The first signal asks; a second one ends the process at once, as it would have without us.</remarks>
internal sealed class GracefulStop : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    internal GracefulStop()
    {
        // .NET maps Ctrl-C, Ctrl-Break, closing the window and shutting down to these on Windows.
        foreach (PosixSignal signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
