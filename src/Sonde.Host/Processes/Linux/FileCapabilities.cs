using System.Buffers.Binary;
using Sonde.Host.Privileges.Linux;

namespace Sonde.Host.Processes.Linux;

/// <summary>The attribute security.capability of a file: struct vfs_cap_data (linux/capability.h), little-endian everywhere.</summary>
internal static class FileCapabilities
{
    private const uint RevisionMask = 0xFF000000;
    private const uint Revision1 = 0x01000000;

    /// <summary>The capabilities that a file grants; those it only lets through say so.</summary>
    internal static Reading<IReadOnlyList<string>> Parse(ReadOnlySpan<byte> value)
    {
        if (value.Length < 12)
        {
            return Reading.Failed<IReadOnlyList<string>>("the attribute is cut");
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(value);
        ulong permitted = BinaryPrimitives.ReadUInt32LittleEndian(value[4..]);
        ulong inheritable = BinaryPrimitives.ReadUInt32LittleEndian(value[8..]);
        if ((magic & RevisionMask) != Revision1 && value.Length >= 20)
        {
            permitted |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(value[12..]) << 32;
            inheritable |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(value[16..]) << 32;
        }

        List<string> names = [.. CapabilityNames.Of(permitted)];
        names.AddRange(CapabilityNames.Of(inheritable & ~permitted).Select(static name => $"{name} (inheritable)"));
        return names.Count > 0 ? names : Reading.None<IReadOnlyList<string>>("the file grants none");
    }
}
