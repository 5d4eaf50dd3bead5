using Sonde.Host.Interfaces;
using Sonde.Packets;

namespace Sonde.Traffic.Sources.Wire;

/// <summary>What must be known of this host's interfaces to tell its own traffic from what passes, and each packet from its double.</summary>
internal sealed class HostView
{
    private readonly HashSet<InternetAddress> _addresses = [];
    private readonly HashSet<int> _loopbacks = [];
    private readonly HashSet<int> _ports = [];
    private readonly Dictionary<int, int> _mtus = [];

    /// <summary>Notes what counts.</summary>
    /// <param name="interfaces">All interfaces.</param>
    /// <param name="only">The one interface that is asked for; null for all.</param>
    internal HostView(IEnumerable<NetworkInterface> interfaces, string? only)
    {
        IsOneInterface = only is not null;
        foreach (NetworkInterface one in interfaces)
        {
            _mtus[one.Index] = one.Mtu.TryGetValue(out long mtu) ? (int)Math.Clamp(mtu, 0, int.MaxValue) : 0;
            HasTunnel |= one.Kind == InterfaceKind.Tunnel && one.AdministrativeState == AdministrativeState.Up;
            if (one.Kind == InterfaceKind.Loopback)
            {
                _loopbacks.Add(one.Index);
            }

            if (one.MasterIndex.HasValue && one.Name != only)
            {
                _ports.Add(one.Index);
            }

            if (one.Addresses.TryGetValue(out IReadOnlyList<InterfaceAddress>? addresses))
            {
                foreach (InterfaceAddress address in addresses)
                {
                    _addresses.Add(InternetAddress.From(address.Address));
                }
            }
        }
    }

    /// <summary>Whether only one interface is asked for: then nothing is seen twice.</summary>
    internal bool IsOneInterface { get; }

    /// <summary>Whether an interface is up whose packets go out once more inside of others.</summary>
    internal bool HasTunnel { get; }

    /// <summary>The MTU of each interface.</summary>
    internal IReadOnlyDictionary<int, int> Mtus => _mtus;

    /// <summary>Whether the interface was there.</summary>
    internal bool Knows(int interfaceIndex) => _mtus.ContainsKey(interfaceIndex);

    /// <summary>Whether what is sent on an interface comes straight back.</summary>
    internal bool IsLoopback(int interfaceIndex) => _loopbacks.Contains(interfaceIndex);

    /// <summary>Whether it is a port of a bridge, a bond or a VRF, which shows the same packets.</summary>
    internal bool IsPort(int interfaceIndex) => _ports.Contains(interfaceIndex);

    /// <summary>Whether an address is this host's. A host that asks for its address has none yet.</summary>
    internal bool IsOwn(InternetAddress address) => address.IsLoopback || address.IsAny || _addresses.Contains(address);
}
