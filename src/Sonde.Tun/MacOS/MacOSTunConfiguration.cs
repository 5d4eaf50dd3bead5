using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Tun.MacOS;

/// <summary>Addresses, MTU, state and routes of one interface, by getifaddrs, ioctl and the routing socket.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSTunConfiguration : IDisposable
{
    private const int IndexOffset = 2; // sdl_index

    private readonly string _name;
    private readonly InterfaceSettings _settings;

    private MacOSTunConfiguration(string name, InterfaceSettings settings, int index)
    {
        _name = name;
        _settings = settings;
        Index = index;
    }

    /// <summary>The interface's index.</summary>
    internal int Index { get; }

    /// <summary>Finds the interface.</summary>
    /// <exception cref="TunException">The system refused, or there is no such interface.</exception>
    internal static MacOSTunConfiguration Open(string name)
    {
        (int index, _) = Find(name) ?? throw Missing(name, TunFailure.NotFound);
        try
        {
            return new MacOSTunConfiguration(name, InterfaceSettings.Open(name), index);
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, name);
        }
    }

    /// <summary>Every utun interface, with its state.</summary>
    internal static IReadOnlyList<TunDeviceInfo> List()
    {
        try
        {
            using var queries = InterfaceQueries.Open(Darwin.AF_INET);
            var found = new List<TunDeviceInfo>();
            List<InterfaceAddressEntry> entries = InterfaceAddressList.Read(out _);
            foreach (InterfaceAddressEntry entry in entries)
            {
                if (IsLink(entry) && queries.TryGetType(entry.Name, out InterfaceType type, out _) && type.Family == Darwin.IFRTYPE_FAMILY_UTUN)
                {
                    string name = Encoding.UTF8.GetString(entry.Name);
                    if (Find(entries, entry.Name) is { } one)
                    {
                        found.Add(new TunDeviceInfo(name, one.Index, one.State, IsPersistent: false, OwnerId: null, QueueCount: 1));
                    }
                }
            }

            return found;
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, null);
        }
    }

    /// <summary>State and addresses of an interface; null when there is none of that name.</summary>
    internal static (int Index, TunState State)? Find(string name)
    {
        try
        {
            return Find(InterfaceAddressList.Read(out _), Encoding.UTF8.GetBytes(name));
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, name);
        }
    }

    internal TunState ReadState() =>
        Find(_name) is { } found && found.Index == Index ? found.State : throw Missing(_name, TunFailure.Gone);

    /// <summary>Whether the interface is up now, by one call that allocates nothing; one that cannot be asked counts as up, so that sending tells why.</summary>
    internal bool IsUp() => !_settings.TryGetFlags(out uint flags, out _) || (flags & Darwin.IFF_UP) != 0;

    internal void SetMtu(int mtu) => Do(() => _settings.SetMtu(mtu));

    internal void SetUp(bool isUp) => Do(() => _settings.SetUp(isUp));

    internal bool AddAddress(TunAddress address)
    {
        if (ReadState().Addresses.Contains(address))
        {
            return false;
        }

        byte[] own = MacOSTunBytes.Address(address.Address);
        byte[] mask = MacOSTunBytes.Mask(address.Address.IsIPv4, address.PrefixLength);
        Do(() =>
        {
            if (address.Address.IsIPv4)
            {
                _settings.AddIPv4(own, otherEnd: own, mask); // a point-to-point interface must have another end
            }
            else
            {
                _settings.AddIPv6(own, mask);
            }
        });

        try
        {
            // The kernel leads nothing but the other end through a point-to-point interface; the network is ours to add.
            if (address.PrefixLength < (address.Address.IsIPv4 ? 32 : 128))
            {
                AddRoute(new TunRoute(address));
            }
        }
        catch (TunException)
        {
            RemoveAddress(address);
            throw;
        }

        return true;
    }

    internal void RemoveAddress(TunAddress address)
    {
        if (address.PrefixLength < (address.Address.IsIPv4 ? 32 : 128))
        {
            RemoveRoute(new TunRoute(address));
        }

        byte[] own = MacOSTunBytes.Address(address.Address);
        Do(() =>
        {
            if (address.Address.IsIPv4)
            {
                _settings.RemoveIPv4(own);
            }
            else
            {
                _settings.RemoveIPv6(own);
            }
        });
    }

    internal bool AddRoute(TunRoute route)
    {
        if (route.Metric is not null)
        {
            throw new TunException(TunFailure.Unavailable, "route(RTM_ADD)", _name, 0, "macOS knows no metrics of routes");
        }

        if (route.Mtu is not null)
        {
            throw new TunException(TunFailure.Unavailable, "route(RTM_ADD)", _name, 0, "the MTU of a route is not set on macOS, only that of the interface");
        }

        if (Send(Darwin.RTM_ADD, route) is not { } error)
        {
            return true;
        }

        if (error.Code != Darwin.EEXIST)
        {
            throw TunException.From(new NativeException("route(RTM_ADD)", error), _name);
        }

        return HasRoute(route)
            ? false
            : throw new TunException(TunFailure.AlreadyExists, "route(RTM_ADD)", _name, error.Code, $"a route to {route.Destination} leads elsewhere");
    }

    internal void RemoveRoute(TunRoute route)
    {
        // Looked for first: the kernel would remove one to the same network that leads elsewhere.
        if (HasRoute(route) && Send(Darwin.RTM_DELETE, route) is { } error && error.Code != Darwin.ESRCH)
        {
            throw TunException.From(new NativeException("route(RTM_DELETE)", error), _name);
        }
    }

    public void Dispose() => _settings.Dispose();

    private static (int Index, TunState State)? Find(List<InterfaceAddressEntry> entries, ReadOnlySpan<byte> name)
    {
        int index = 0;
        int mtu = 0;
        bool isUp = false;
        var addresses = new List<TunAddress>();
        foreach (InterfaceAddressEntry entry in entries)
        {
            if (!name.SequenceEqual(entry.Name))
            {
                continue;
            }

            if (IsLink(entry))
            {
                index = BitConverter.ToUInt16(entry.Address, IndexOffset);
                mtu = (int)Math.Min(entry.Data?.ifi_mtu ?? 0, int.MaxValue);
                isUp = (entry.Flags & Darwin.IFF_UP) != 0;
            }
            else if (MacOSTunBytes.TryRead(entry.Address, entry.Netmask, out TunAddress address))
            {
                addresses.Add(address);
            }
        }

        return index == 0 ? null : (index, new TunState(isUp, mtu, addresses));
    }

    private static bool IsLink(InterfaceAddressEntry entry) => entry.Address.Length >= IndexOffset + 2 && entry.Address[1] == Darwin.AF_LINK;

    private static TunException Missing(string name, TunFailure failure) => new(failure, "getifaddrs", name, 0, "there is no such interface");

    private void Do(Action step)
    {
        try
        {
            step();
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, _name);
        }
    }

    private NativeError? Send(byte type, TunRoute route)
    {
        try
        {
            using var socket = RouteSocket.Open();
            return socket.TrySend(MacOSTunBytes.RouteRequest(type, Index, route), out NativeError error) ? null : error;
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, _name);
        }
    }

    private bool HasRoute(TunRoute route)
    {
        try
        {
            ReadOnlyMemory<byte> table = Sysctl.ReadTable(
                [Darwin.CTL_NET, Darwin.PF_ROUTE, 0, Darwin.AF_UNSPEC, Darwin.NET_RT_DUMP, 0], "sysctl(NET_RT_DUMP)");
            return MacOSTunBytes.HasRoute(table.Span, route.Destination, Index);
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, _name);
        }
    }
}
