using System.Buffers.Binary;
using System.Net;
using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>What /proc/net/if_inet6 lists: the IPv6 addresses of a network namespace.</summary>
/// <param name="Addresses">The addresses with their interfaces' indexes, in the kernel's order.</param>
/// <param name="Skipped">Lines that describe no address, a torn last line among them.</param>
internal sealed record ProcIfInet6(IReadOnlyList<(int InterfaceIndex, InterfaceAddress Address)> Addresses, int Skipped)
{
    /// <summary>The most addresses that are taken from one file; what is more is counted as skipped.</summary>
    internal const int MaxEntries = 1 << 18;

    internal const string NotInFile = "/proc/net/if_inet6 does not tell it";

    // The kernel prints the type of the address (IPV6_ADDR_ in its net/ipv6.h), not the scope of rtnetlink.
    private const uint LoopbackType = 0x10;
    private const uint LinkLocalType = 0x20;
    private const uint SiteLocalType = 0x40;

    /// <summary>Reads the text of /proc/net/if_inet6; never throws.</summary>
    internal static ProcIfInet6 Parse(ReadOnlySpan<byte> text)
    {
        var addresses = new List<(int, InterfaceAddress)>();
        int skipped = 0;
        var lines = new ProcLines(text);
        while (lines.MoveNext())
        {
            if (addresses.Count < MaxEntries && TryLine(lines.Current, out int index, out InterfaceAddress? address))
            {
                addresses.Add((index, address!)); // not null when parsed
            }
            else
            {
                skipped++;
            }
        }

        return new ProcIfInet6(addresses, lines.IsTorn ? skipped + 1 : skipped);
    }

    // Address, index, prefix length, type, flags, all hexadecimal; then the name, of which the index says more.
    private static bool TryLine(ReadOnlySpan<byte> line, out int index, out InterfaceAddress? address)
    {
        index = 0;
        address = null;
        if (!ProcLines.TryAddress(ref line, out UInt128 value)
            || !ProcLines.TryHexadecimal(ref line, out uint number) || number is 0 or > int.MaxValue
            || !ProcLines.TryHexadecimal(ref line, out uint prefixLength) || prefixLength > 128
            || !ProcLines.TryHexadecimal(ref line, out uint type)
            || !ProcLines.TryHexadecimal(ref line, out uint flags))
        {
            return false;
        }

        index = (int)number;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        byte scopeId = (type & LoopbackType) != 0 ? RtNetlink.RT_SCOPE_HOST
            : (type & LinkLocalType) != 0 ? RtNetlink.RT_SCOPE_LINK
            : (type & SiteLocalType) != 0 ? RtNetlink.RT_SCOPE_SITE
            : RtNetlink.RT_SCOPE_UNIVERSE;
        address = new InterfaceAddress
        {
            Address = NativeBytes.ToAddress(bytes, index)!, // sixteen bytes always make one
            PrefixLength = (int)prefixLength,
            Scope = AddressMessage.ToScope(scopeId).Scope,
            ScopeId = scopeId,
            Peer = Reading.Unsupported<IPAddress>(NotInFile),

            // The file has room for the lowest eight flags: MANAGETEMPADDR, NOPREFIXROUTE and MCAUTOJOIN are never seen.
            State = AddressMessage.ToState(flags & 0xFF, Netlink.AF_INET6),
            ValidLifetime = Reading.Unsupported<TimeSpan>(NotInFile),
            PreferredLifetime = Reading.Unsupported<TimeSpan>(NotInFile),
        };
        return true;
    }
}
