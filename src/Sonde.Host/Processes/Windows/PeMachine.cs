using System.Buffers.Binary;
using System.Globalization;

namespace Sonde.Host.Processes.Windows;

/// <summary>For which processor a Windows program was built, from its header (PE/COFF).</summary>
/// <param name="Name">The processor's name, or why it cannot be told.</param>
internal readonly record struct PeMachine(Reading<string> Name)
{
    private const int PointerAt = 0x3C;

    /// <summary>Reads the beginning of a file; never throws.</summary>
    internal static PeMachine Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < PointerAt + 4 || file[0] != 'M' || file[1] != 'Z')
        {
            return new PeMachine(Reading.Failed<string>("the file is no Windows program"));
        }

        uint at = BinaryPrimitives.ReadUInt32LittleEndian(file[PointerAt..]);
        if (at > file.Length - 6 || !file.Slice((int)at, 4).SequenceEqual("PE\0\0"u8))
        {
            return new PeMachine(Reading.Failed<string>("the file is no Windows program"));
        }

        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(file[((int)at + 4)..]);
        return new PeMachine(machine switch
        {
            0x014C => "i386",
            0x01C4 => "arm",
            0x8664 => "x86-64",
            0xAA64 => "aarch64",
            _ => string.Create(CultureInfo.InvariantCulture, $"0x{machine:x4}"),
        });
    }
}
