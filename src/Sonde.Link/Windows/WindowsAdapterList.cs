using System.Buffers.Binary;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Packets;

namespace Sonde.Link.Windows;

/// <summary>Reads adapters out of what GetAdaptersAddresses and GetIfTable2 wrote, without trusting it.</summary>
internal static class WindowsAdapterList
{
    // More entries than any host has; a list of addresses that leads in a circle ends there.
    private const int MostEntries = 100_000;
    private const ushort InterNetwork = 2; // AF_INET
    private const ushort InterNetworkV6 = 23; // AF_INET6
    private const byte FilterModule = 0x02; // MIB_IF_ROW2.InterfaceAndOperStatusFlags.FilterInterface

    /// <summary>Reads the list that starts at the start of <paramref name="answer"/>: all adapters that IP is bound to.</summary>
    internal static IReadOnlyList<WindowsAdapter> Parse(AddressedBytes answer)
    {
        var adapters = new List<WindowsAdapter>();
        nint next = answer.Bytes.IsEmpty ? 0 : answer.Address;
        int steps = MostEntries;
        var seen = new HashSet<nint>();
        while (steps-- > 0 && seen.Add(next) && answer.TryFollow(next, out ReadOnlySpan<byte> entry) && NativeStruct.TryRead(entry, out uint length))
        {
            // The system says how long its struct is: an older one is shorter, and what it lacks stays zero.
            IP_ADAPTER_ADDRESSES_LH adapter = NativeStruct.ReadPrefix<IP_ADAPTER_ADDRESSES_LH>(entry[..(int)Math.Min(length, (uint)entry.Length)]);
            adapters.Add(Read(answer, adapter, ref steps));
            next = adapter.Next;
        }

        return adapters;
    }

    /// <summary>An adapter of the interface table: also one that IP is not bound to, such as a card that serves EtherCAT.</summary>
    /// <returns>Null for a filter module that Windows stacks on a card.</returns>
    internal static WindowsAdapter? Read(in MIB_IF_ROW2 row)
    {
        if ((row.InterfaceAndOperStatusFlags & FilterModule) != 0)
        {
            return null;
        }

        ReadOnlySpan<char> alias = row.Alias;
        int end = alias.IndexOf('\0');
        return new WindowsAdapter
        {
            Guid = row.InterfaceGuid.ToString("B").ToUpperInvariant(),
            FriendlyName = (end < 0 ? alias : alias[..end]).ToString(),
            Index = (int)row.InterfaceIndex,
            Luid = row.InterfaceLuid,
            HardwareAddress = ReadHardware(row.PhysicalAddress, row.PhysicalAddressLength),
            Mtu = (int)Math.Min(row.Mtu, int.MaxValue),
            Type = row.Type,
        };
    }

    private static WindowsAdapter Read(AddressedBytes answer, in IP_ADAPTER_ADDRESSES_LH adapter, ref int steps)
    {
        var addresses = new List<WindowsAdapterAddress>();
        nint next = adapter.FirstUnicastAddress;
        while (steps-- > 0 && answer.TryRead(next, out IP_ADAPTER_UNICAST_ADDRESS_LH entry))
        {
            if (answer.TryFollow(entry.Address.lpSockaddr, out ReadOnlySpan<byte> socketAddress)
                && TryReadAddress(socketAddress, entry.OnLinkPrefixLength, out WindowsAdapterAddress? address))
            {
                addresses.Add(address);
            }

            next = entry.Next;
        }

        return new WindowsAdapter
        {
            Guid = Encoding.ASCII.GetString(answer.ReadNarrowText(adapter.AdapterName)).ToUpperInvariant(),
            FriendlyName = answer.ReadWideText(adapter.FriendlyName).ToString(),
            Index = (int)(adapter.IfIndex != 0 ? adapter.IfIndex : adapter.Ipv6IfIndex),
            Luid = adapter.Luid,
            HardwareAddress = ReadHardware(adapter.PhysicalAddress, adapter.PhysicalAddressLength),
            Mtu = (int)Math.Min(adapter.Mtu, int.MaxValue),
            Type = adapter.IfType,
            Addresses = addresses,
        };
    }

    private static MacAddress ReadHardware(ReadOnlySpan<byte> address, uint length) => length == MacAddress.Size ? MacAddress.Read(address) : default;

    // sockaddr_in and sockaddr_in6 (ws2def.h, ws2ipdef.h).
    private static bool TryReadAddress(
        ReadOnlySpan<byte> source, int prefixLength, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WindowsAdapterAddress? address)
    {
        address = null;
        if (source.Length < 8)
        {
            return false;
        }

        switch (BinaryPrimitives.ReadUInt16LittleEndian(source))
        {
            case InterNetwork:
                address = new WindowsAdapterAddress(InternetAddress.ReadIPv4(source[4..]), prefixLength, 0);
                return true;
            case InterNetworkV6 when source.Length >= 28:
                uint scope = BinaryPrimitives.ReadUInt32LittleEndian(source[24..]);
                address = new WindowsAdapterAddress(InternetAddress.ReadIPv6(source[8..]), prefixLength, scope);
                return true;
            default:
                return false;
        }
    }
}
