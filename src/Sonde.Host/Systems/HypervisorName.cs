using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Sonde.Host.Systems;

/// <summary>The hypervisor that a processor tells of: the documented leaf 0x40000000 of the CPUID instruction, the same below every system.</summary>
internal static class HypervisorName
{
    private const int Features = 1;
    private const int HypervisorLeaf = 0x40000000;

    internal static Reading<string> Read()
    {
        if (!X86Base.IsSupported)
        {
            return Reading.Unsupported<string>("only processors of the x86 family tell");
        }

        (_, _, int flags, _) = X86Base.CpuId(Features, 0);
        if (flags >= 0) // bit 31 of ECX
        {
            return Reading.None<string>("the processor tells of none");
        }

        (_, int ebx, int ecx, int edx) = X86Base.CpuId(HypervisorLeaf, 0);
        return Parse(ebx, ecx, edx);
    }

    /// <summary>Twelve letters in three registers, the rest zero.</summary>
    internal static Reading<string> Parse(int ebx, int ecx, int edx)
    {
        Span<byte> letters = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(letters, ebx);
        BinaryPrimitives.WriteInt32LittleEndian(letters[4..], ecx);
        BinaryPrimitives.WriteInt32LittleEndian(letters[8..], edx);
        string name = Encoding.ASCII.GetString(letters.TrimEnd((byte)0)).Trim();
        return name.Length > 0 ? name : Reading.Failed<string>("there is one that does not give its name");
    }
}
