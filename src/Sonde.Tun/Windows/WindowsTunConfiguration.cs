using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Packets;

namespace Sonde.Tun.Windows;

/// <summary>Addresses, MTU, routes and name servers of one adapter by the IP Helper functions.</summary>
/// <param name="luid">The adapter.</param>
/// <param name="device">Its name, for errors.</param>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTunConfiguration(ulong luid, string device)
{
    private const int OperStatusUp = 1; // IfOperStatusUp
    private const int SmallestIPv6Mtu = 1280; // RFC 8200, 5
    private const int ProtocolManagement = 3; // RouteProtocolNetMgmt

    /// <summary>What the adapter has.</summary>
    /// <exception cref="TunException">It is gone, or the system refused.</exception>
    internal TunState ReadState()
    {
        MIB_IF_ROW2 row = ReadRow();
        return new TunState(row.OperStatus == OperStatusUp, ReadMtu((int)Math.Min(row.Mtu, int.MaxValue)), ListAddresses());
    }

    /// <summary>The adapter's row.</summary>
    /// <exception cref="TunException">It is gone, or the system refused.</exception>
    internal MIB_IF_ROW2 ReadRow()
    {
        try
        {
            IpHlpApi.GetIfEntry2(luid, 0, out MIB_IF_ROW2 row);
            return row;
        }
        catch (NativeException refused) when (refused.Error.Code is Win32.ERROR_FILE_NOT_FOUND or Win32.ERROR_NOT_FOUND)
        {
            throw new TunException(TunFailure.Gone, refused.Operation, device, refused.Error.Code, "the adapter is gone", refused);
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, device);
        }
    }

    /// <summary>Makes addresses usable at once, and the adapter quiet: nothing asks for duplicates or for routers where nobody would answer.</summary>
    internal void Prepare()
    {
        foreach (ushort family in (ReadOnlySpan<ushort>)[IpHlpApi.AF_INET, IpHlpApi.AF_INET6])
        {
            if (TryReadFamily(family, out MIB_IPINTERFACE_ROW row))
            {
                row.DadTransmits = 0;
                row.RouterDiscoveryBehavior = IpHlpApi.RouterDiscoveryDisabled;
                row.UseAutomaticMetric = 0;
                row.Metric = 0;
                WriteFamily(row, "SetIpInterfaceEntry(metric, discovery)");
            }
        }
    }

    /// <summary>Sets the MTU of both families, or of none.</summary>
    internal void SetMtu(int mtu)
    {
        bool hasIPv4 = TryReadFamily(IpHlpApi.AF_INET, out MIB_IPINTERFACE_ROW ipv4);
        bool hasIPv6 = TryReadFamily(IpHlpApi.AF_INET6, out MIB_IPINTERFACE_ROW ipv6);
        if (!hasIPv4 && !hasIPv6)
        {
            throw WindowsTunErrors.Refusal("GetIpInterfaceEntry", Win32.ERROR_NOT_FOUND, device);
        }

        uint before = ipv4.NlMtu;
        if (hasIPv4)
        {
            ipv4.NlMtu = (uint)mtu;
            WriteFamily(ipv4, $"SetIpInterfaceEntry(IPv4, MTU {mtu})");
        }

        if (!hasIPv6)
        {
            return; // IPv6 is switched off
        }

        try
        {
            // IPv6 has no smaller one: an adapter that carries IPv4 only may have.
            ipv6.NlMtu = (uint)Math.Max(mtu, SmallestIPv6Mtu);
            WriteFamily(ipv6, $"SetIpInterfaceEntry(IPv6, MTU {ipv6.NlMtu})");
        }
        catch (TunException) when (hasIPv4)
        {
            ipv4.NlMtu = before;
            WriteFamily(ipv4, $"SetIpInterfaceEntry(IPv4, MTU {before})");
            throw;
        }
    }

    /// <summary>Adds an address; <see langword="false"/> when exactly it is there already.</summary>
    internal bool AddAddress(TunAddress address) => Native(() =>
    {
        string operation = $"CreateUnicastIpAddressEntry({address})";
        MIB_UNICASTIPADDRESS_ROW row = IpHlpApi.NewUnicastIpAddress();
        Fill(ref row, address);
        switch (IpHlpApi.CreateUnicastIpAddressEntry(row))
        {
            case Win32.ERROR_SUCCESS:
                return true;
            case Win32.ERROR_OBJECT_ALREADY_EXISTS or Win32.ERROR_ALREADY_EXISTS when ListAddresses().Contains(address):
                return false;
            case Win32.ERROR_NOT_FOUND when !address.Address.IsIPv4 && !TryReadFamily(IpHlpApi.AF_INET6, out _):
                throw new TunException(TunFailure.Unavailable, operation, device, Win32.ERROR_NOT_FOUND, "IPv6 is switched off on this adapter");
            case var error:
                throw WindowsTunErrors.Refusal(operation, error, device);
        }
    });

    /// <summary>Removes an address, if it is there.</summary>
    internal void RemoveAddress(TunAddress address) => Native(() =>
    {
        MIB_UNICASTIPADDRESS_ROW row = IpHlpApi.NewUnicastIpAddress();
        Fill(ref row, address);
        return Removed($"DeleteUnicastIpAddressEntry({address})", IpHlpApi.DeleteUnicastIpAddressEntry(row));
    });

    /// <summary>Adds a route; <see langword="false"/> when exactly it is there already.</summary>
    internal bool AddRoute(TunRoute route) => Native(() =>
    {
        string operation = $"CreateIpForwardEntry2({route})";
        if (route.Mtu is not null)
        {
            throw new TunException(TunFailure.Unavailable, operation, device, 0, "Windows knows no MTU of a route, only that of the adapter");
        }

        MIB_IPFORWARD_ROW2 row = RowOf(route);
        switch (IpHlpApi.CreateIpForwardEntry2(row))
        {
            case Win32.ERROR_SUCCESS:
                return true;
            case Win32.ERROR_OBJECT_ALREADY_EXISTS or Win32.ERROR_ALREADY_EXISTS when HasRoute(row, route.Metric):
                return false;
            case Win32.ERROR_NOT_FOUND when !route.Destination.Address.IsIPv4 && !TryReadFamily(IpHlpApi.AF_INET6, out _):
                throw new TunException(TunFailure.Unavailable, operation, device, Win32.ERROR_NOT_FOUND, "IPv6 is switched off on this adapter");
            case var error:
                throw WindowsTunErrors.Refusal(operation, error, device);
        }
    });

    /// <summary>Removes a route, if it is there.</summary>
    internal void RemoveRoute(TunRoute route) =>
        Native(() => Removed($"DeleteIpForwardEntry2({route})", IpHlpApi.DeleteIpForwardEntry2(RowOf(route))));

    /// <summary>Sets the name servers of both families, or takes them back with null.</summary>
    internal void SetDns(TunDns? dns) => Native(() =>
    {
        Guid id = IpHlpApi.ReadInterfaceId(luid);
        string search = string.Join(',', dns?.SearchDomains ?? []);
        foreach (bool isIPv4 in (ReadOnlySpan<bool>)[true, false])
        {
            string servers = string.Join(',', (dns?.Servers ?? []).Where(server => server.IsIPv4 == isIPv4));
            int error = IpHlpApi.SetInterfaceDnsSettings(id, isIPv4, servers, search);

            // Without IPv6 there is nothing to set, which matters only where servers of it were asked for.
            if (error != Win32.ERROR_SUCCESS && (isIPv4 || servers.Length > 0 || TryReadFamily(IpHlpApi.AF_INET6, out _)))
            {
                throw WindowsTunErrors.Refusal($"SetInterfaceDnsSettings({(isIPv4 ? "IPv4" : "IPv6")})", error, device);
            }
        }

        return true;
    });

    private int ReadMtu(int otherwise)
    {
        try
        {
            // The larger of the two would be cut by the other.
            uint mtu = TryReadFamily(IpHlpApi.AF_INET, out MIB_IPINTERFACE_ROW ipv4) ? ipv4.NlMtu : uint.MaxValue;
            mtu = TryReadFamily(IpHlpApi.AF_INET6, out MIB_IPINTERFACE_ROW ipv6) && mtu > SmallestIPv6Mtu ? Math.Min(mtu, ipv6.NlMtu) : mtu;
            return mtu <= int.MaxValue ? (int)mtu : otherwise;
        }
        catch (TunException refused) when (refused.NativeError == Win32.ERROR_PROC_NOT_FOUND)
        {
            return otherwise;
        }
    }

    private List<TunAddress> ListAddresses() => Native(() =>
    {
        using MibTable table = IpHlpApi.GetUnicastIpAddressTable();
        var found = new List<TunAddress>();
        foreach (ref readonly MIB_UNICASTIPADDRESS_ROW row in table.Rows<MIB_UNICASTIPADDRESS_ROW>())
        {
            if (row.InterfaceLuid == luid && WindowsTunAddress.TryRead(row, out TunAddress address))
            {
                found.Add(address);
            }
        }

        return found;
    });

    // A family that is switched off has no row.
    private bool TryReadFamily(ushort family, out MIB_IPINTERFACE_ROW row)
    {
        MIB_IPINTERFACE_ROW found = default;
        bool isThere = Native(() => IpHlpApi.GetIpInterfaceEntry(luid, family, out found) switch
        {
            Win32.ERROR_SUCCESS => true,
            Win32.ERROR_NOT_FOUND or Win32.ERROR_FILE_NOT_FOUND => false,
            var error => throw WindowsTunErrors.Refusal("GetIpInterfaceEntry", error, device),
        });
        row = found;
        return isThere;
    }

    private void WriteFamily(MIB_IPINTERFACE_ROW row, string operation) => Native(() =>
    {
        int error = IpHlpApi.SetIpInterfaceEntry(row);
        return error == Win32.ERROR_SUCCESS ? true : throw WindowsTunErrors.Refusal(operation, error, device);
    });

    private bool Removed(string operation, int error) => error switch
    {
        Win32.ERROR_SUCCESS => true,
        Win32.ERROR_NOT_FOUND or Win32.ERROR_FILE_NOT_FOUND => false, // gone already: what was wanted
        _ => throw WindowsTunErrors.Refusal(operation, error, device),
    };

    private void Fill(ref MIB_UNICASTIPADDRESS_ROW row, TunAddress address)
    {
        row.InterfaceLuid = luid;
        row.Address = WindowsTunAddress.Write(address.Address);
        row.OnLinkPrefixLength = (byte)address.PrefixLength;
        row.DadState = IpHlpApi.IpDadStatePreferred;
    }

    private MIB_IPFORWARD_ROW2 RowOf(TunRoute route)
    {
        MIB_IPFORWARD_ROW2 row = IpHlpApi.NewIpForward();
        row.InterfaceLuid = luid;
        row.DestinationPrefix.Prefix = WindowsTunAddress.Write(route.Destination.Address);
        row.DestinationPrefix.PrefixLength = (byte)route.Destination.PrefixLength;

        // All zeros, but of the right family: on the link, without a next hop.
        row.NextHop = route.Gateway is { } gateway ? WindowsTunAddress.Write(gateway) : new SOCKADDR_INET { si_family = row.DestinationPrefix.Prefix.si_family };
        row.Metric = (uint)(route.Metric ?? 0);
        row.Protocol = ProtocolManagement;
        return row;
    }

    private bool HasRoute(MIB_IPFORWARD_ROW2 wanted, int? metric)
    {
        using MibTable table = IpHlpApi.GetIpForwardTable2(wanted.DestinationPrefix.Prefix.si_family);
        foreach (ref readonly MIB_IPFORWARD_ROW2 row in table.Rows<MIB_IPFORWARD_ROW2>())
        {
            if (row.InterfaceLuid == luid
                && row.DestinationPrefix.PrefixLength == wanted.DestinationPrefix.PrefixLength
                && IsSame(row.DestinationPrefix.Prefix, wanted.DestinationPrefix.Prefix)
                && IsSame(row.NextHop, wanted.NextHop)
                && row.Metric == (uint)(metric ?? 0))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSame(SOCKADDR_INET left, SOCKADDR_INET right) =>
        WindowsTunAddress.TryRead(left, out InternetAddress one) && WindowsTunAddress.TryRead(right, out InternetAddress other) && one == other;

    private T Native<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, device);
        }
    }
}
