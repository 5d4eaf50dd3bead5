using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;
using Sonde.Tun.Unix;

namespace Sonde.Tun.MacOS;

/// <summary>Changes of one interface: the routing socket tells that something has changed, and a look tells what.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSTunWatch : UnixTunWatch
{
    private readonly string _name;
    private readonly int _index;
    private readonly RouteSocket _notifications;
    private readonly TunStateChanges _changes;

    /// <summary>Listens first and looks then, so that nothing falls between the two.</summary>
    /// <exception cref="TunException">The system refused, or there is no such interface.</exception>
    internal MacOSTunWatch(string name)
        : base(name)
    {
        _name = name;
        try
        {
            _notifications = RouteSocket.Open();
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, name);
        }

        try
        {
            (_index, TunState state) = MacOSTunConfiguration.Find(name)
                ?? throw new TunException(TunFailure.NotFound, "getifaddrs", name, 0, "there is no such interface");
            _changes = new TunStateChanges(name, state);
        }
        catch
        {
            _notifications.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing) => _notifications.Dispose();

    private protected override FileDescriptor Notifications => _notifications.Descriptor;

    private protected override bool TryTake([NotNullWhen(true)] out TunChange? change) => _changes.TryTake(out change);

    private protected override void Receive()
    {
        bool mustLook = false;
        bool overflowed = _notifications.ReceivePending(datagram => mustLook |= MacOSTunBytes.Concerns(datagram, _index));

        // What was dropped may have been about this interface: a look finds it all the same.
        if (mustLook || overflowed)
        {
            _changes.Look(_name, MacOSTunConfiguration.Find(_name) is { } found && found.Index == _index ? found.State : null);
        }
    }
}
