using System.Collections.Immutable;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>The way from a struct of the running kernel to one of its fields: pointers to follow, then where the field lies.</summary>
/// <param name="Hops">Offsets of the pointers to load one after another, the first in the struct where the way begins.</param>
/// <param name="Offset">Offset of the field in the struct that the last pointer leads to.</param>
/// <param name="Size">Bytes to load; for a bitfield those of its declared type.</param>
internal sealed record KernelField(ImmutableArray<int> Hops, int Offset, int Size)
{
    /// <summary>For a bitfield how far to the right it must be shifted after the load (little endian).</summary>
    internal int BitShift { get; init; }

    /// <summary>Bits of a bitfield; 0 for a field of whole bytes.</summary>
    internal int BitCount { get; init; }

    /// <summary>Whether it is a signed number.</summary>
    internal bool IsSigned { get; init; }

    /// <summary>The type in BTF, without typedefs and qualifiers.</summary>
    internal uint TypeId { get; init; }

    /// <summary>For a pointer to a struct or union the id of that type; else 0.</summary>
    internal uint PointeeId { get; init; }

    /// <summary>Whether one load reads it whole.</summary>
    internal bool IsScalar => Size is 1 or 2 or 4 or 8;
}
