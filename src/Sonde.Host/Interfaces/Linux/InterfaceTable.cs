using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Reads the table that ioctl(SIOCGIFCONF) fills: the IPv4 addresses of a host by their labels.</summary>
internal static class InterfaceTable
{
    /// <summary>Reads as many whole entries as there are; never throws.</summary>
    /// <param name="table">The table as the kernel wrote it.</param>
    /// <param name="skipped">Entries of another family or without a label, and a torn last one.</param>
    internal static List<Entry> Parse(ReadOnlySpan<byte> table, out int skipped)
    {
        var entries = new List<Entry>();
        skipped = 0;
        while (NativeBytes.TryTake(ref table, out ifreq request))
        {
            ReadOnlySpan<byte> label = NativeStruct.AsBytes(request.ifr_name);
            int end = label.IndexOf((byte)0);
            if (end <= 0 || request.ifr_addr.sin_family != Netlink.AF_INET)
            {
                skipped++;
                continue;
            }

            entries.Add(new Entry(label[..end].ToArray(), request.ifr_addr.sin_addr));
        }

        if (!table.IsEmpty)
        {
            skipped++;
        }

        return entries;
    }

    /// <summary>How many bits a netmask has, given as it travels.</summary>
    /// <returns>-1 for a mask with holes.</returns>
    internal static int ToPrefixLength(uint mask)
    {
        uint bits = BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(mask) : mask;
        int length = System.Numerics.BitOperations.LeadingZeroCount(~bits);
        return length == 32 || bits << length == 0 ? length : -1;
    }

    /// <summary>One address.</summary>
    /// <param name="Label">Its own name: that of its interface, or that with a suffix ("eth0:1").</param>
    /// <param name="Address">The address as it travels.</param>
    internal readonly record struct Entry(byte[] Label, uint Address)
    {
        /// <summary>The interface that the kernel looks for when it is asked about the label: what stands before the first colon.</summary>
        internal ReadOnlySpan<byte> InterfaceName => Label.AsSpan().IndexOf((byte)':') is >= 0 and var colon ? Label.AsSpan(0, colon) : Label;
    }
}
