using System.Net;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>IPv4 addresses by ioctl: the table of SIOCGIFCONF, and for each of its entries netmask, broadcast address and other end.</summary>
[SupportedOSPlatform("linux")]
internal static class ProcIPv4Addresses
{
    internal const string What = "IPv4 addresses";
    private const string NotByIoctl = "ioctl does not tell it";

    /// <summary>Reads all addresses and hands each to <paramref name="add"/> with the bytes of its interface's name.</summary>
    /// <returns>Whether the table could be read at all; what is missing from it is in the gaps.</returns>
    internal static Reading<bool> Collect(InterfaceSocket socket, List<Gap> gaps, Action<byte[], InterfaceAddress> add)
    {
        if (socket.RefusedIPv4 is { } refused)
        {
            return Missing(gaps, ProcLink.Refused<bool>(refused.Operation, refused.Error));
        }

        byte[] table;
        try
        {
            table = socket.ReadIPv4Table(out bool truncated);
            if (truncated)
            {
                gaps.Add(new Gap(What, ReadingStatus.Failed, "the table of ioctl(SIOCGIFCONF) is longer than is ever read"));
            }
        }
        catch (NativeException error)
        {
            return Missing(gaps, ProcLink.Refused<bool>(error.Operation, error.Error));
        }

        List<InterfaceTable.Entry> entries = InterfaceTable.Parse(table, out int skipped);
        Count(gaps, ReadingStatus.Failed, "entries of ioctl(SIOCGIFCONF) that could not be understood", skipped);
        int unclear = 0;
        int gone = 0;
        Reading<bool> broken = true;
        var seen = new HashSet<(string, uint)>();
        foreach (InterfaceTable.Entry entry in entries)
        {
            // The kernel looks an address up by label and value. The same pair twice (with two prefix lengths) has one answer, for the first.
            if (!seen.Add((System.Text.Encoding.Latin1.GetString(entry.Label), entry.Address)))
            {
                unclear++;
                continue;
            }

            Reading<InterfaceAddress?> address = Read(socket, entry);
            if (address.TryGetValue(out InterfaceAddress? found))
            {
                if (found is null)
                {
                    unclear++;
                }
                else
                {
                    add(entry.InterfaceName.ToArray(), found);
                }
            }
            else if (address.Status == ReadingStatus.Gone)
            {
                gone++;
            }
            else
            {
                broken = address.Select(_ => true);
            }
        }

        Count(gaps, ReadingStatus.Unsupported, "ioctl cannot tell them from others of the same label or the same value", unclear);
        Count(gaps, ReadingStatus.Gone, "they went while they were read", gone);
        return broken.HasValue ? true : Missing(gaps, broken);
    }

    // Null when the kernel speaks of another address than the one that was asked about.
    private static Reading<InterfaceAddress?> Read(InterfaceSocket socket, InterfaceTable.Entry entry)
    {
        // Asked about an address that it does not have under this label, the kernel answers for the label's first: that would be somebody else's mask.
        if (!TryAsk(socket, LibC.SIOCGIFADDR, entry, out uint address, out NativeError error))
        {
            return ProcLink.Refused<InterfaceAddress?>("ioctl(SIOCGIFADDR)", error);
        }

        if (!TryAsk(socket, LibC.SIOCGIFNETMASK, entry, out uint mask, out error))
        {
            return ProcLink.Refused<InterfaceAddress?>("ioctl(SIOCGIFNETMASK)", error);
        }

        int prefixLength = InterfaceTable.ToPrefixLength(mask);
        if (address != entry.Address || prefixLength < 0)
        {
            return (InterfaceAddress?)null;
        }

        Reading<IPAddress> peer = TryAsk(socket, LibC.SIOCGIFDSTADDR, entry, out uint other, out error)
            ? other == entry.Address ? Reading.None<IPAddress>() : ToAddress(other)
            : ProcLink.Refused<IPAddress>("ioctl(SIOCGIFDSTADDR)", error);
        Reading<IPAddress> broadcast = TryAsk(socket, LibC.SIOCGIFBRDADDR, entry, out uint all, out error)
            ? all == 0 ? Reading.None<IPAddress>() : ToAddress(all)
            : ProcLink.Refused<IPAddress>("ioctl(SIOCGIFBRDADDR)", error);
        return new InterfaceAddress
        {
            Address = ToAddress(entry.Address),
            PrefixLength = prefixLength,
            Scope = AddressScope.Unknown,
            Peer = peer,
            Broadcast = broadcast,
            Label = NativeBytes.ToText(entry.Label),
            State = AddressState.StateUnknown,
            ValidLifetime = Reading.Unsupported<TimeSpan>(NotByIoctl),
            PreferredLifetime = Reading.Unsupported<TimeSpan>(NotByIoctl),
        };
    }

    private static bool TryAsk(InterfaceSocket socket, uint command, InterfaceTable.Entry entry, out uint answer, out NativeError error)
    {
        ifreq request = InterfaceSocket.About(entry.Label);
        request.ifr_addr = new sockaddr_in { sin_family = Netlink.AF_INET, sin_addr = entry.Address };
        bool answered = socket.TryAsk(command, ref request, out error);
        answer = request.ifr_addr.sin_addr;
        return answered;
    }

    private static IPAddress ToAddress(uint asItTravels) => new(BitConverter.GetBytes(asItTravels));

    private static Reading<bool> Missing(List<Gap> gaps, Reading<bool> why)
    {
        gaps.Add(new Gap(What, why.Status, why.Reason ?? string.Empty));
        return why;
    }

    private static void Count(List<Gap> gaps, ReadingStatus status, string reason, int count)
    {
        if (count > 0)
        {
            gaps.Add(new Gap(What, status, reason, count));
        }
    }
}
