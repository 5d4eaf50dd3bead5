using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Packets;

namespace Sonde.Tun.Linux;

/// <summary>Reads an address out of RTM_NEWADDR or RTM_DELADDR.</summary>
internal static class LinuxTunAddress
{
    /// <summary>Reads the payload; never throws.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> payload, out int index, out TunAddress address)
    {
        index = 0;
        address = default;
        if (!NativeStruct.TryRead(payload, out ifaddrmsg head))
        {
            return false;
        }

        index = (int)Math.Min(head.ifa_index, int.MaxValue);
        int size = head.ifa_family switch { Netlink.AF_INET => 4, Netlink.AF_INET6 => 16, _ => 0 };
        ReadOnlySpan<byte> found = default;
        var attributes = new NetlinkAttributes(payload[NativeStruct.SizeOf<ifaddrmsg>()..]);
        while (attributes.MoveNext())
        {
            // LOCAL is ours; ADDRESS is the peer's where there is one, and ours where there is no LOCAL (IPv6).
            if (attributes.Value.Length == size && size != 0
                && (attributes.Type == RtNetlink.IFA_LOCAL || (attributes.Type == RtNetlink.IFA_ADDRESS && found.IsEmpty)))
            {
                found = attributes.Value;
            }
        }

        if (found.IsEmpty || head.ifa_prefixlen > size * 8)
        {
            return false;
        }

        address = new TunAddress(size == 4 ? InternetAddress.ReadIPv4(found) : InternetAddress.ReadIPv6(found), Math.Min((int)head.ifa_prefixlen, 128));
        return address.Address.IsIPv4 == (size == 4);
    }
}
