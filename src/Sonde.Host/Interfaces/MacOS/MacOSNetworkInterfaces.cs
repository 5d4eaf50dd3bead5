using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>The interfaces of a Mac: getifaddrs, sysctl and ioctl to read them, a routing socket to hear of changes.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSNetworkInterfaces : NetworkInterfaces
{
    internal const string BackendName = "sysctl";

    private readonly TimeProvider _time;
    private readonly RouteSocket? _changes;
    private readonly HostException? _deaf;

    /// <summary>Begins to listen: what changes after this is reported by <see cref="WaitForChange"/>, whenever it is called.</summary>
    internal MacOSNetworkInterfaces(TimeProvider time)
    {
        _time = time;
        try
        {
            _changes = RouteSocket.Open();
        }
        catch (NativeException refused)
        {
            // Reading works without it; who waits is told.
            _deaf = HostException.From(refused);
        }
    }

    public override string Backend => BackendName;

    public override InterfaceSnapshot Collect() => MacOSInterfaceReader.Collect(BackendName, _time);

    public override InterfaceChange WaitForChange(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A wait is not negative.");
        }

        if (_changes is null)
        {
            throw new HostException(_deaf!.Failure, _deaf.Operation, null, _deaf.NativeError, _deaf.Reason, _deaf); // set when there is no socket
        }

        cancellationToken.ThrowIfCancellationRequested();
        using StopSignal stop = StopSignal.Create(cancellationToken);
        FileDescriptor? stopped = (stop as UnixStopSignal)?.Waitable;
        long started = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                TimeSpan left = timeout;
                if (timeout >= TimeSpan.Zero)
                {
                    left = timeout - Stopwatch.GetElapsedTime(started);
                    left = left < TimeSpan.Zero ? TimeSpan.Zero : left;
                }

                switch (Poller.Wait(_changes.Descriptor, stopped, left))
                {
                    case WaitResult.Stopped:
                        cancellationToken.ThrowIfCancellationRequested();
                        break;
                    case WaitResult.TimedOut:
                        return InterfaceChange.None;
                    case WaitResult.Ready:
                        if (Drain(_changes) is not InterfaceChange.None and var change)
                        {
                            return change;
                        }

                        break;
                }
            }
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    protected override void Dispose(bool disposing) => _changes?.Dispose();

    private static InterfaceChange Drain(RouteSocket changes)
    {
        InterfaceChange change = InterfaceChange.None;
        bool overflowed = changes.ReceivePending(messages => change |= MacOSRouteMessages.Classify(messages));
        return overflowed ? change | InterfaceChange.Lost : change;
    }
}
