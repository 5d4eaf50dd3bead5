using System.Buffers.Binary;
using System.Globalization;

namespace Sonde.Host.Processes.Linux;

/// <summary>The first bytes of an ELF file (elf(5)).</summary>
internal static class ElfHeader
{
    private const int MachineOffset = 18;

    /// <summary>For which processor the file was built.</summary>
    internal static Reading<string> Architecture(ReadOnlySpan<byte> header)
    {
        if (header.Length < MachineOffset + 2 || !header.StartsWith("\u007fELF"u8))
        {
            return Reading.None<string>("it is no ELF file");
        }

        bool isBigEndian = header[5] == 2; // ELFDATA2MSB
        ushort machine = isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(header[MachineOffset..]) : BinaryPrimitives.ReadUInt16LittleEndian(header[MachineOffset..]);
        bool is32Bit = header[4] == 1; // ELFCLASS32
        return machine switch
        {
            3 => "i386",
            8 => isBigEndian ? "mips" : "mipsel",
            20 => "powerpc",
            21 => isBigEndian ? "powerpc64" : "powerpc64le",
            22 => "s390x",
            40 => "arm",
            62 => is32Bit ? "x32" : "x86-64",
            183 => "aarch64",
            243 => is32Bit ? "riscv32" : "riscv64",
            258 => "loongarch64",
            _ => string.Create(CultureInfo.InvariantCulture, $"machine {machine}"),
        };
    }
}
