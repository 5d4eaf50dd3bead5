using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>A datagram socket that is never bound or connected: the kernel answers questions about interfaces through it (netdevice(7)).</summary>
/// <remarks>It belongs to the network namespace of the thread that opened it. Needs no privilege.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class InterfaceSocket : IDisposable
{
    // 64 Ki addresses, 2.6 MB: more than a host has, and an end for a kernel that always asks for more.
    private const int MaxEntries = 1 << 16;

    // The kernel's own bound for the bit sets behind ethtool_link_settings (SCHAR_MAX words each, three sets).
    private const int MaxLinkModeWords = 127;

    private readonly FileDescriptor _fd;

    private InterfaceSocket(FileDescriptor fd, NativeException? refusedIPv4)
    {
        _fd = fd;
        RefusedIPv4 = refusedIPv4;
    }

    /// <summary>Why it is no IPv4 socket, which alone knows netmasks and peers; null when it is one.</summary>
    internal NativeException? RefusedIPv4 { get; }

    /// <summary>Opens an IPv4 socket, or, where a sandbox forbids that, one of another family: links are described through any.</summary>
    /// <exception cref="NativeException">The system refused them all; this is about IPv4.</exception>
    internal static InterfaceSocket Open()
    {
        NativeException? first = null;
        foreach (int family in (ReadOnlySpan<int>)[Netlink.AF_INET, Netlink.AF_INET6, LibC.AF_UNIX])
        {
            FileDescriptor fd = LibC.socket(family, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
            if (!fd.IsInvalid)
            {
                return new InterfaceSocket(fd, first);
            }

            first ??= new NativeException("socket(AF_INET)", NativeError.LastErrno());
            fd.Dispose();
        }

        throw first!; // set by the first of the three refusals
    }

    /// <summary>A question about the interface or the labelled address <paramref name="name"/>; longer names are cut, as nothing is called so.</summary>
    internal static ifreq About(ReadOnlySpan<byte> name)
    {
        var request = default(ifreq);
        name[..Math.Min(name.Length, LibC.IFNAMSIZ - 1)].CopyTo(request.ifr_name);
        return request;
    }

    /// <summary>Asks one question; the answer stands in <paramref name="request"/>.</summary>
    /// <returns><see langword="false"/> when the system refused.</returns>
    internal unsafe bool TryAsk(uint command, ref ifreq request, out NativeError error)
    {
        fixed (ifreq* argument = &request)
        {
            // SAFETY: every command that is asked this way reads and writes one ifreq, which is pinned here.
            while (LibC.ioctl(_fd, command, argument) < 0)
            {
                error = NativeError.LastErrno();
                if (error.Code != Unix.LibC.EINTR)
                {
                    return false;
                }
            }
        }

        error = default;
        return true;
    }

    /// <summary>The table of IPv4 addresses: a struct ifreq each, with its label and its address.</summary>
    /// <param name="truncated">Whether there were more than are ever read.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal unsafe byte[] ReadIPv4Table(out bool truncated)
    {
        for (int entries = 64; ; entries *= 2)
        {
            byte[] table = new byte[entries * sizeof(ifreq)];
            int length;
            fixed (byte* buffer = table)
            {
                // SAFETY: the kernel is told the true length of the pinned array and writes whole entries that fit.
                var request = new ifconf { ifc_len = table.Length, ifc_buf = buffer };
                while (LibC.ioctl(_fd, LibC.SIOCGIFCONF, &request) < 0)
                {
                    NativeError error = NativeError.LastErrno();
                    if (error.Code != Unix.LibC.EINTR)
                    {
                        throw new NativeException("ioctl(SIOCGIFCONF)", error);
                    }
                }

                length = Math.Clamp(request.ifc_len, 0, table.Length);
            }

            // A table that is full to the last entry may have been cut: the kernel does not say.
            truncated = length > table.Length - sizeof(ifreq);
            if (!truncated || entries >= MaxEntries)
            {
                Array.Resize(ref table, length);
                return table;
            }
        }
    }

    /// <summary>Asks the driver for the speed of a link, in megabits per second.</summary>
    /// <returns><see langword="false"/> when it refused; EOPNOTSUPP when it has no such thing.</returns>
    internal unsafe bool TryReadSpeed(ReadOnlySpan<byte> name, out uint megabits, out NativeError error)
    {
        megabits = 0;
        byte* buffer = stackalloc byte[sizeof(ethtool_link_settings) + (3 * MaxLinkModeWords * sizeof(uint))];
        var settings = (ethtool_link_settings*)buffer;
        ifreq request = About(name);

        // SAFETY: the buffer holds the struct and the largest three bit sets that its signed count of words can name. Asked with no words the
        // kernel answers with the negative count that it wants; asked with that count it answers in full.
        *settings = new ethtool_link_settings { cmd = LibC.ETHTOOL_GLINKSETTINGS };
        request.ifr_data = buffer;
        if (!TryAsk(LibC.SIOCETHTOOL, ref request, out error))
        {
            return false;
        }

        int words = -settings->link_mode_masks_nwords;
        if (words is <= 0 or > MaxLinkModeWords)
        {
            error = new NativeError(NativeErrorDomain.Errno, Netlink.EOPNOTSUPP);
            return false;
        }

        *settings = new ethtool_link_settings { cmd = LibC.ETHTOOL_GLINKSETTINGS, link_mode_masks_nwords = (sbyte)words };
        if (!TryAsk(LibC.SIOCETHTOOL, ref request, out error))
        {
            return false;
        }

        megabits = settings->speed;
        return true;
    }

    public void Dispose() => _fd.Dispose();
}
