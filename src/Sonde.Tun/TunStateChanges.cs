using System.Diagnostics.CodeAnalysis;

namespace Sonde.Tun;

/// <summary>Makes changes out of two looks at a device, for systems that tell that something has changed and not what.</summary>
internal sealed class TunStateChanges
{
    private readonly Queue<TunChange> _changes = new();
    private string _name;
    private TunState? _known;

    internal TunStateChanges(string name, TunState state)
    {
        _name = name;
        _known = state;
    }

    /// <summary>Takes the next change.</summary>
    internal bool TryTake([NotNullWhen(true)] out TunChange? change) => _changes.TryDequeue(out change);

    /// <summary>Takes a look.</summary>
    /// <param name="name">The name it has now.</param>
    /// <param name="state">What it has now; null when it is gone.</param>
    internal void Look(string name, TunState? state)
    {
        if (_known is not { } known)
        {
            return; // gone once is gone
        }

        if (state is null)
        {
            _known = null;
            _changes.Enqueue(new TunChange(TunChangeKind.Removed));
            return;
        }

        if (name != _name)
        {
            _name = name;
            _changes.Enqueue(new TunChange(TunChangeKind.Renamed, Name: name));
        }

        if (state.Mtu != known.Mtu)
        {
            _changes.Enqueue(new TunChange(TunChangeKind.Mtu, Mtu: state.Mtu));
        }

        foreach (TunAddress address in known.Addresses.Except(state.Addresses))
        {
            _changes.Enqueue(new TunChange(TunChangeKind.AddressRemoved, Address: address));
        }

        foreach (TunAddress address in state.Addresses.Except(known.Addresses))
        {
            _changes.Enqueue(new TunChange(TunChangeKind.AddressAdded, Address: address));
        }

        if (state.IsUp != known.IsUp)
        {
            _changes.Enqueue(new TunChange(state.IsUp ? TunChangeKind.Up : TunChangeKind.Down));
        }

        _known = state;
    }
}
