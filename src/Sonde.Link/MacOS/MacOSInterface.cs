using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Packets;

namespace Sonde.Link.MacOS;

/// <summary>What a device needs to know of its interface.</summary>
/// <param name="NameBytes">Its name as the kernel has it.</param>
/// <param name="Index">Its index.</param>
/// <param name="HardwareAddress">Its Ethernet address; the default when it has none.</param>
/// <param name="Mtu">The longest payload, in bytes.</param>
[SupportedOSPlatform("macos")]
internal sealed record MacOSInterface(byte[] NameBytes, int Index, MacAddress HardwareAddress, int Mtu)
{
    // sockaddr_dl (net/if_dl.h): eight bytes of head, then the name, then the address.
    private const int LinkHeadBytes = 8;

    private static readonly int[] s_mibBeforeIndex = [Darwin.CTL_NET, Darwin.PF_LINK, Darwin.NETLINK_GENERIC, Darwin.IFMIB_IFDATA];

    /// <summary>Looks an interface up by its name; asks for no right.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="LinkException">The system refused.</exception>
    internal static MacOSInterface? Find(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        try
        {
            foreach (InterfaceAddressEntry entry in InterfaceAddressList.Read(out _))
            {
                if (entry.Data is if_data data && entry.Name.AsSpan().SequenceEqual(bytes))
                {
                    sockaddr_dl link = NativeStruct.ReadPrefix<sockaddr_dl>(entry.Address);
                    int mtu = (int)Math.Min(data.ifi_mtu, int.MaxValue);
                    return new MacOSInterface(bytes, link.sdl_index, HardwareAddressOf(entry.Address, link.sdl_nlen, link.sdl_alen), mtu);
                }
            }

            return null;
        }
        catch (NativeException refused)
        {
            throw MacOSLinkErrors.Exception(refused.Operation, name, refused.Error, refused);
        }
    }

    /// <summary>How many received frames the interface has lost since it exists; null when the system does not tell.</summary>
    internal ulong? ReadInputDrops() =>
        Sysctl.TryRead([.. s_mibBeforeIndex, Index, Darwin.IFDATA_GENERAL], out ifmibdata data, out _) && IsSame(data.ifmd_name)
            ? data.ifmd_data.ifi_iqdrops
            : null;

    private static MacAddress HardwareAddressOf(ReadOnlySpan<byte> address, int nameLength, int length)
    {
        int start = LinkHeadBytes + nameLength;
        return length == MacAddress.Size && address.Length - start >= MacAddress.Size ? MacAddress.Read(address[start..]) : default;
    }

    // An index is given anew when its interface has gone.
    private bool IsSame(ReadOnlySpan<byte> name)
    {
        int end = name.IndexOf((byte)0);
        return name[..(end < 0 ? name.Length : end)].SequenceEqual(NameBytes);
    }
}
