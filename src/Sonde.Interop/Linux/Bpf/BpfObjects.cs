using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>A program that the kernel holds.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedByUserId">Who loaded it.</param>
/// <param name="Misses">How often the kernel left it out because it was running on the same processor already (tracing programs; kernel 5.12 tells).</param>
internal readonly record struct BpfProgramInfo(uint Id, BpfProgramType Type, string Name, uint CreatedByUserId, ulong Misses);

/// <summary>A map that the kernel holds.</summary>
internal readonly record struct BpfMapInfo(uint Id, BpfMapType Type, string Name, int KeySize, int ValueSize, int MaxEntries);

/// <summary>A link that the kernel holds.</summary>
internal readonly record struct BpfLinkInfo(uint Id, uint ProgramId);

/// <summary>What BPF objects the kernel holds, ours and others'.</summary>
/// <remarks>Listing needs CAP_SYS_ADMIN; asking about an object of one's own needs nothing.</remarks>
[SupportedOSPlatform("linux")]
internal static class BpfObjects
{
    /// <summary>The ids of all loaded programs.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static IReadOnlyList<uint> ProgramIds() => Ids(BpfAbi.BPF_PROG_GET_NEXT_ID, "bpf(BPF_PROG_GET_NEXT_ID)");

    /// <summary>The ids of all maps.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static IReadOnlyList<uint> MapIds() => Ids(BpfAbi.BPF_MAP_GET_NEXT_ID, "bpf(BPF_MAP_GET_NEXT_ID)");

    /// <summary>The ids of all links.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static IReadOnlyList<uint> LinkIds() => Ids(BpfAbi.BPF_LINK_GET_NEXT_ID, "bpf(BPF_LINK_GET_NEXT_ID)");

    internal static BpfProgramInfo Describe(BpfProgram program) => ProgramInfo(program.Descriptor);

    internal static BpfMapInfo Describe(BpfMap map)
    {
        bpf_map_info info = Info<bpf_map_info>(map.Descriptor);
        return new BpfMapInfo(info.id, (BpfMapType)info.type, BpfName.Text(info.name), (int)info.key_size, (int)info.value_size, (int)info.max_entries);
    }

    /// <summary>Describes a link of kernel 5.8 or later (not a tracepoint by number, which is a perf event).</summary>
    internal static BpfLinkInfo Describe(BpfLink link)
    {
        bpf_link_info info = Info<bpf_link_info>(link.Descriptor);
        return new BpfLinkInfo(info.id, info.prog_id);
    }

    /// <summary>Describes a program of anybody's by its id.</summary>
    /// <returns>Null when it is gone.</returns>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfProgramInfo? DescribeProgram(uint id)
    {
        var attribute = new bpf_attr_get_id { start_id = id };
        using FileDescriptor fd = BpfSyscall.Open(BpfAbi.BPF_PROG_GET_FD_BY_ID, ref attribute, out NativeError error);
        return !fd.IsInvalid ? ProgramInfo(fd)
            : error.Code == Unix.LibC.ENOENT ? null
            : throw new NativeException("bpf(BPF_PROG_GET_FD_BY_ID)", error);
    }

    private static BpfProgramInfo ProgramInfo(FileDescriptor program)
    {
        bpf_prog_info info = Info<bpf_prog_info>(program);
        return new BpfProgramInfo(info.id, (BpfProgramType)info.type, BpfName.Text(info.name), info.created_by_uid, info.recursion_misses);
    }

    private static unsafe T Info<T>(FileDescriptor fd)
        where T : unmanaged
    {
        using var described = new BorrowedDescriptor(fd);
        T info = default;

        // SAFETY: the kernel writes at most the given length into a local of that size; an older one writes less.
        var attribute = new bpf_attr_info { bpf_fd = described.Number, info = (byte*)&info, info_len = (uint)sizeof(T) };
        return BpfSyscall.Call(BpfAbi.BPF_OBJ_GET_INFO_BY_FD, ref attribute, out NativeError error) >= 0
            ? info
            : throw new NativeException("bpf(BPF_OBJ_GET_INFO_BY_FD)", error);
    }

    private static List<uint> Ids(int command, string operation)
    {
        const int Most = 65_536;
        var ids = new List<uint>();
        uint last = 0;
        while (ids.Count < Most)
        {
            var attribute = new bpf_attr_get_id { start_id = last };
            if (BpfSyscall.Call(command, ref attribute, out NativeError error) < 0)
            {
                return error.Code == Unix.LibC.ENOENT ? ids : throw new NativeException(operation, error);
            }

            last = attribute.next_id; // ids only grow, so this ends
            ids.Add(last);
        }

        return ids;
    }
}
