using System.Buffers.Binary;

namespace Sonde.Packets.Applications;

/// <summary>Options of a number and a length of two bytes each, as EDNS and DHCPv6 have them.</summary>
internal static class NumberedOptions
{
    /// <summary>Finds the first option of a number; a torn one ends the search.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> options, int number, out ReadOnlySpan<byte> data)
    {
        while (options.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
            if (length > options.Length - 4)
            {
                break;
            }

            if (BinaryPrimitives.ReadUInt16BigEndian(options) == number)
            {
                data = options.Slice(4, length);
                return true;
            }

            options = options[(4 + length)..];
        }

        data = default;
        return false;
    }
}
