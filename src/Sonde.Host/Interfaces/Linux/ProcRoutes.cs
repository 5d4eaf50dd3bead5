using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>The default routes in /proc/net/route or /proc/net/ipv6_route.</summary>
/// <param name="Defaults">The routes with the bytes of their interfaces' names, in the kernel's order.</param>
/// <param name="Skipped">Lines that describe no route, a torn last line among them.</param>
internal sealed record ProcRoutes(IReadOnlyList<(byte[] InterfaceName, DefaultGateway Gateway)> Defaults, int Skipped)
{
    /// <summary>The most default routes that are taken from one file; what is more is counted as skipped.</summary>
    internal const int MaxEntries = 1 << 12;

    // RTF_ of linux/route.h and linux/ipv6_route.h.
    private const uint FlagUp = 0x1;
    private const uint FlagGateway = 0x2;
    private const uint FlagReject = 0x200;
    private const uint FlagAnycast = 0x00100000;
    private const uint FlagCache = 0x01000000;
    private const uint FlagLocal = 0x80000000;

    private const int MaxName = 15;

    /// <summary>Reads the text of /proc/net/route, which shows the main table and the first leg of each route; never throws.</summary>
    internal static ProcRoutes ParseIPv4(ReadOnlySpan<byte> text)
    {
        var defaults = new List<(byte[], DefaultGateway)>();
        int skipped = 0;
        var lines = new ProcLines(text);
        for (int number = 0; lines.MoveNext(); number++)
        {
            if (number == 0 && lines.Current.StartsWith("Iface"u8) && lines.Current.IndexOf("Destination"u8) > 0)
            {
                continue; // the heads of the columns
            }

            if (!TryIPv4(lines.Current, defaults))
            {
                skipped++;
            }
        }

        return new ProcRoutes(defaults, lines.IsTorn ? skipped + 1 : skipped);
    }

    /// <summary>Reads the text of /proc/net/ipv6_route, which shows every table; never throws.</summary>
    internal static ProcRoutes ParseIPv6(ReadOnlySpan<byte> text)
    {
        var defaults = new List<(byte[], DefaultGateway)>();
        int skipped = 0;
        var lines = new ProcLines(text);
        while (lines.MoveNext())
        {
            if (!TryIPv6(lines.Current, defaults))
            {
                skipped++;
            }
        }

        return new ProcRoutes(defaults, lines.IsTorn ? skipped + 1 : skipped);
    }

    // Iface Destination Gateway Flags RefCnt Use Metric Mask …; addresses are the kernel's big-endian words printed as numbers of this machine.
    private static bool TryIPv4(ReadOnlySpan<byte> line, List<(byte[], DefaultGateway)> defaults)
    {
        if (!ProcLines.TryField(ref line, out ReadOnlySpan<byte> name) || name.Length > MaxName
            || !ProcLines.TryHexadecimal(ref line, out uint destination)
            || !ProcLines.TryHexadecimal(ref line, out uint router)
            || !ProcLines.TryHexadecimal(ref line, out uint flags)
            || !ProcLines.TryField(ref line, out _)
            || !ProcLines.TryField(ref line, out _)
            || !ProcLines.TryDecimal(ref line, out ulong metric) || metric > uint.MaxValue
            || !ProcLines.TryHexadecimal(ref line, out uint mask))
        {
            return false;
        }

        if (destination != 0 || mask != 0 || (flags & FlagUp) == 0 || (flags & FlagReject) != 0 || name.SequenceEqual("*"u8))
        {
            return true; // no default route, or one that leads nowhere ("*")
        }

        Reading<IPAddress> address = router != 0 ? new IPAddress(BitConverter.GetBytes(router))
            : (flags & FlagGateway) != 0 ? Reading.Unsupported<IPAddress>("the router has no IPv4 address, and /proc/net/route shows no other")
            : OnLink();
        return TryAdd(defaults, name, new DefaultGateway(
            AddressFamily.InterNetwork, address, (long)metric, Reading.Unsupported<string>("/proc/net/route does not tell who made a route")));
    }

    // Destination, its length, source, its length, router, metric, references, uses, flags, all hexadecimal; then the interface.
    private static bool TryIPv6(ReadOnlySpan<byte> line, List<(byte[], DefaultGateway)> defaults)
    {
        if (!ProcLines.TryAddress(ref line, out UInt128 destination)
            || !ProcLines.TryHexadecimal(ref line, out uint length)
            || !ProcLines.TryAddress(ref line, out _)
            || !ProcLines.TryHexadecimal(ref line, out _)
            || !ProcLines.TryAddress(ref line, out UInt128 router)
            || !ProcLines.TryHexadecimal(ref line, out uint metric)
            || !ProcLines.TryHexadecimal(ref line, out _)
            || !ProcLines.TryHexadecimal(ref line, out _)
            || !ProcLines.TryHexadecimal(ref line, out uint flags)
            || !ProcLines.TryField(ref line, out ReadOnlySpan<byte> name) || name.Length > MaxName)
        {
            return false;
        }

        if (destination != UInt128.Zero || length != 0 || (flags & FlagUp) == 0 || (flags & (FlagReject | FlagAnycast | FlagCache | FlagLocal)) != 0)
        {
            return true;
        }

        Reading<IPAddress> address = OnLink();
        if ((flags & FlagGateway) != 0)
        {
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, router);
            address = new IPAddress(bytes);
        }

        return TryAdd(defaults, name, new DefaultGateway(
            AddressFamily.InterNetworkV6, address, (long)metric, Reading.Unsupported<string>("/proc/net/ipv6_route tells neither who made a route nor its table")));
    }

    private static Reading<IPAddress> OnLink() => Reading.None<IPAddress>("on the link: no router");

    private static bool TryAdd(List<(byte[], DefaultGateway)> defaults, ReadOnlySpan<byte> name, DefaultGateway gateway)
    {
        if (defaults.Count >= MaxEntries)
        {
            return false;
        }

        defaults.Add((name.ToArray(), gateway));
        return true;
    }
}
