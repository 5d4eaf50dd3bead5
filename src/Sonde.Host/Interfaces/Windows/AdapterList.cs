using System.Net;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>What GetAdaptersAddresses wrote, read without trusting it.</summary>
/// <param name="Adapters">The adapters, in the system's order.</param>
/// <param name="Skipped">Entries that could not be understood: addresses of unknown families, links that lead nowhere or back.</param>
internal sealed record AdapterList(IReadOnlyList<Adapter> Adapters, int Skipped)
{
    /// <summary>Reads the list that starts at the start of <paramref name="answer"/>; no bytes are no adapters.</summary>
    internal static AdapterList Parse(AddressedBytes answer)
    {
        var adapters = new List<Adapter>();
        var walk = new Walk(answer);
        var seen = new HashSet<nint>();
        nint next = answer.Bytes.IsEmpty ? 0 : answer.Address;
        while (walk.TryStep(next, out ReadOnlySpan<byte> entry))
        {
            if (!seen.Add(next) || !TryReadAdapter(entry, out IP_ADAPTER_ADDRESSES_LH adapter))
            {
                walk.Skipped++;
                break; // its link to the next one cannot be trusted either
            }

            adapters.Add(Read(ref walk, adapter));
            next = adapter.Next;
        }

        return new AdapterList(adapters, walk.Skipped);
    }

    // The system says how long its struct is: an older one is shorter, and what it lacks stays zero.
    private static bool TryReadAdapter(ReadOnlySpan<byte> entry, out IP_ADAPTER_ADDRESSES_LH adapter)
    {
        int shortest = sizeof(ulong) + (9 * nint.Size); // up to the names
        adapter = default;
        if (!NativeStruct.TryRead(entry, out uint length) || length < shortest || length > entry.Length)
        {
            return false;
        }

        adapter = NativeStruct.ReadPrefix<IP_ADAPTER_ADDRESSES_LH>(entry[..(int)length]);
        return true;
    }

    private static Adapter Read(ref Walk walk, in IP_ADAPTER_ADDRESSES_LH adapter)
    {
        ReadOnlySpan<byte> hardware = adapter.PhysicalAddress;
        return new Adapter
        {
            Name = Encoding.ASCII.GetString(walk.Bytes.ReadNarrowText(adapter.AdapterName)),
            FriendlyName = WideText.ToText(walk.Bytes.ReadWideText(adapter.FriendlyName)),
            Description = WideText.ToText(walk.Bytes.ReadWideText(adapter.Description)),
            IPv4Index = adapter.IfIndex,
            IPv6Index = adapter.Ipv6IfIndex,
            Luid = adapter.Luid,
            HardwareAddress = new HardwareAddress(hardware[..(int)Math.Min(adapter.PhysicalAddressLength, (uint)hardware.Length)]),
            Flags = adapter.Flags,
            Mtu = adapter.Mtu,
            IfType = adapter.IfType,
            OperStatus = adapter.OperStatus,
            ReceiveLinkSpeed = adapter.ReceiveLinkSpeed,
            TransmitLinkSpeed = adapter.TransmitLinkSpeed,
            IPv4Metric = adapter.Ipv4Metric,
            IPv6Metric = adapter.Ipv6Metric,
            Addresses = ReadAddresses(ref walk, adapter.FirstUnicastAddress),
            DnsServers = ReadDnsServers(ref walk, adapter.FirstDnsServerAddress),
            Gateways = ReadGateways(ref walk, adapter.FirstGatewayAddress),
            DnsSuffixes = ReadSuffixes(ref walk, adapter),
        };
    }

    private static List<AdapterAddress> ReadAddresses(ref Walk walk, nint next)
    {
        var addresses = new List<AdapterAddress>();
        while (walk.TryStep(next, out IP_ADAPTER_UNICAST_ADDRESS_LH entry))
        {
            if (walk.TryReadAddress(entry.Address, out IPAddress address))
            {
                addresses.Add(new AdapterAddress(
                    address,
                    entry.OnLinkPrefixLength,
                    entry.PrefixOrigin,
                    entry.SuffixOrigin,
                    entry.DadState,
                    entry.ValidLifetime,
                    entry.PreferredLifetime));
            }

            next = entry.Next;
        }

        return addresses;
    }

    private static List<IPAddress> ReadDnsServers(ref Walk walk, nint next)
    {
        var servers = new List<IPAddress>();
        while (walk.TryStep(next, out IP_ADAPTER_DNS_SERVER_ADDRESS_XP entry))
        {
            if (walk.TryReadAddress(entry.Address, out IPAddress address))
            {
                servers.Add(address);
            }

            next = entry.Next;
        }

        return servers;
    }

    private static List<IPAddress> ReadGateways(ref Walk walk, nint next)
    {
        var gateways = new List<IPAddress>();
        while (walk.TryStep(next, out IP_ADAPTER_GATEWAY_ADDRESS_LH entry))
        {
            if (walk.TryReadAddress(entry.Address, out IPAddress address))
            {
                gateways.Add(address);
            }

            next = entry.Next;
        }

        return gateways;
    }

    private static List<string> ReadSuffixes(ref Walk walk, in IP_ADAPTER_ADDRESSES_LH adapter)
    {
        var suffixes = new List<string>();
        Add(suffixes, walk.Bytes.ReadWideText(adapter.DnsSuffix));
        nint next = adapter.FirstDnsSuffix;

        // The text is read in place: the last entry of the buffer need not hold all 256 characters.
        while (walk.TryStep(next, out ReadOnlySpan<byte> entry) && NativeStruct.TryRead(entry, out nint following))
        {
            ReadOnlySpan<char> text = walk.Bytes.ReadWideText(next + nint.Size);
            Add(suffixes, text[..Math.Min(text.Length, 256)]);
            next = following;
        }

        return suffixes;

        static void Add(List<string> suffixes, ReadOnlySpan<char> text)
        {
            string suffix = WideText.ToText(text).TrimEnd('.');
            if (suffix.Length > 0 && !suffixes.Contains(suffix, StringComparer.OrdinalIgnoreCase))
            {
                suffixes.Add(suffix);
            }
        }
    }

    /// <summary>Follows links from entry to entry. Every entry takes room, so there cannot be more steps than the bytes have room for.</summary>
    private ref struct Walk(AddressedBytes bytes)
    {
        private const int SmallestEntry = 16;
        private int _stepsLeft = (bytes.Bytes.Length / SmallestEntry) + 1;

        internal AddressedBytes Bytes { get; } = bytes;

        internal int Skipped { get; set; }

        internal bool TryStep(nint pointer, out ReadOnlySpan<byte> entry)
        {
            entry = default;
            if (pointer == 0)
            {
                return false;
            }

            if (_stepsLeft-- > 0 && Bytes.TryFollow(pointer, out entry))
            {
                return true;
            }

            Skipped++;
            return false;
        }

        internal bool TryStep<T>(nint pointer, out T entry)
            where T : unmanaged
        {
            entry = default;
            if (!TryStep(pointer, out ReadOnlySpan<byte> bytes))
            {
                return false;
            }

            if (NativeStruct.TryRead(bytes, out entry))
            {
                return true;
            }

            Skipped++;
            return false;
        }

        internal bool TryReadAddress(SOCKET_ADDRESS place, out IPAddress address)
        {
            if (Bytes.TryFollow(place.lpSockaddr, out ReadOnlySpan<byte> rest)
                && SocketAddressReader.TryRead(rest[..Math.Clamp(place.iSockaddrLength, 0, rest.Length)], out address))
            {
                return true;
            }

            address = IPAddress.None;
            Skipped++;
            return false;
        }
    }
}
