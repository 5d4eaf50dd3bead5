using Sonde.Packets;

namespace Sonde.Traffic.Names;

/// <summary>Tells kinds of addresses apart.</summary>
public static class AddressKinds
{
    // The narrower before the wider that it lies in.
    private static readonly (InternetAddress Network, int Length, AddressKind Kind)[] s_networks =
    [
        Network("255.255.255.255", 32, AddressKind.Broadcast),
        Network("10.0.0.0", 8, AddressKind.Private),
        Network("172.16.0.0", 12, AddressKind.Private),
        Network("192.168.0.0", 16, AddressKind.Private),
        Network("100.64.0.0", 10, AddressKind.Shared),
        Network("192.0.2.0", 24, AddressKind.Documentation),
        Network("198.51.100.0", 24, AddressKind.Documentation),
        Network("203.0.113.0", 24, AddressKind.Documentation),
        Network("198.18.0.0", 15, AddressKind.Benchmarking),
        Network("192.0.0.9", 32, AddressKind.Global),
        Network("192.0.0.10", 32, AddressKind.Global),
        Network("192.0.0.0", 24, AddressKind.Reserved),
        Network("0.0.0.0", 8, AddressKind.Reserved),
        Network("240.0.0.0", 4, AddressKind.Reserved),
        Network("fc00::", 7, AddressKind.Private),
        Network("2001:db8::", 32, AddressKind.Documentation),
        Network("3fff::", 20, AddressKind.Documentation),
        Network("2001:2::", 48, AddressKind.Benchmarking),
        Network("64:ff9b::", 96, AddressKind.Global),
        Network("2000::", 3, AddressKind.Global),
    ];

    /// <summary>The kind of an address.</summary>
    public static AddressKind Of(InternetAddress address)
    {
        if (address.IsAny)
        {
            return AddressKind.Unspecified;
        }

        if (address.IsLoopback)
        {
            return AddressKind.Loopback;
        }

        if (address.IsMulticast)
        {
            return AddressKind.Multicast;
        }

        if (address.IsLinkLocal)
        {
            return AddressKind.LinkLocal;
        }

        foreach ((InternetAddress network, int length, AddressKind kind) in s_networks)
        {
            if (address.IsIn(network, length))
            {
                return kind;
            }
        }

        // Of IPv6 only 2000::/3 is given out.
        return address.IsIPv4 ? AddressKind.Global : AddressKind.Reserved;
    }

    private static (InternetAddress Network, int Length, AddressKind Kind) Network(string address, int length, AddressKind kind) => (InternetAddress.Parse(address), length, kind);
}
