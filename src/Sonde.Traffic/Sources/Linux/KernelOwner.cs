using System.Runtime.InteropServices;
using System.Text;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>An entry of the table of socket users that <see cref="OwnerProgram"/> fills, by socket cookie: where its fields stand, and how it is read.</summary>
internal static class KernelOwner
{
    internal const int KeySize = sizeof(ulong);
    internal const int ProcessId = 0;
    internal const int UserId = 4;
    internal const int Start = 8;
    internal const int NetworkNamespace = 16;
    internal const int Cgroup = 24;
    internal const int Name = 32;
    internal const int NameSize = 16; // TASK_COMM_LEN
    internal const int ValueSize = 48;

    // USER_HZ is 100 on every architecture that .NET runs on: /proc counts starts in these.
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>A start as /proc tells it.</summary>
    /// <param name="start">The kernel's, in nanoseconds since boot.</param>
    /// <param name="bootOffset">How far this process's clock is ahead.</param>
    internal static ulong StartOf(ulong start, long bootOffset) => start == 0 ? 0 : unchecked((ulong)((long)start + bootOffset)) / NanosecondsPerTick;

    /// <summary>Reads an entry.</summary>
    internal static OwnerClue Read(ReadOnlySpan<byte> value, long bootOffset)
    {
        ReadOnlySpan<byte> name = value.Slice(Name, NameSize);
        int end = name.IndexOf((byte)0);
        return new OwnerClue(
            MemoryMarshal.Read<int>(value[ProcessId..]),
            StartOf(MemoryMarshal.Read<ulong>(value[Start..]), bootOffset),
            Encoding.UTF8.GetString(end < 0 ? name : name[..end]),
            MemoryMarshal.Read<uint>(value[UserId..]),
            OwnerConfidence.Kernel);
    }
}
