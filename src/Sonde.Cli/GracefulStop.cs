using System.Runtime.InteropServices;
using Sonde.Host;
using Sonde.Host.Streams;

namespace Sonde.Cli;

/// <summary>Turns the signals that ask a command to end into a token: Ctrl-C, SIGTERM, SIGHUP; on Windows Break and closing the window too; and, for commands that print and print, that nobody reads any more.</summary>
/// <remarks>The first signal asks; a second one ends the process at once, as it would have without us.</remarks>
internal sealed class GracefulStop : IDisposable
{
    // How long the thread outlives the command at most.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private bool _isDisposed;

    /// <summary>Begins to listen for signals.</summary>
    /// <param name="endsUnread">Whether the command prints until it is stopped: without a reader it ends, though it has nothing to print just then.</param>
    internal GracefulStop(bool endsUnread = false)
    {
        if (endsUnread && OutputReader.Create() is { CanTell: true } reader)
        {
            new Thread(() => Watch(reader)) { IsBackground = true, Name = "sonde-output" }.Start();
        }

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

        lock (_lock)
        {
            _isDisposed = true;
            _source.Dispose();
        }
    }

    private void Watch(OutputReader reader)
    {
        try
        {
            bool isGone = false;
            while (!isGone && !Volatile.Read(ref _isDisposed))
            {
                isGone = reader.AwaitGone(s_look);
            }

            lock (_lock)
            {
                if (!_isDisposed)
                {
                    _source.Cancel();
                }
            }
        }
        catch (HostException)
        {
            // The top of a thread: as on Windows, the next write tells.
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
