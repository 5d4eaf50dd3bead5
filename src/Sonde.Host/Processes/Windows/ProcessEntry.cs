using System.Runtime.InteropServices;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>One process of the system's list, read in place; what its own lengths promise and the bytes do not hold is not there.</summary>
internal readonly ref struct ProcessEntry
{
    private readonly ReadOnlySpan<byte> _threads;

    private ProcessEntry(SYSTEM_PROCESS_INFORMATION head, ReadOnlySpan<char> name, ReadOnlySpan<byte> threads)
    {
        Head = head;
        Name = name;
        _threads = threads;
    }

    /// <summary>The fixed part.</summary>
    internal SYSTEM_PROCESS_INFORMATION Head { get; }

    /// <summary>The name of the image's file; empty for the idle process.</summary>
    internal ReadOnlySpan<char> Name { get; }

    /// <summary>Whether the system is one that adds <see cref="Extension"/>.</summary>
    internal bool HasExtension { get; private init; }

    internal SYSTEM_PROCESS_INFORMATION_EXTENSION Extension { get; private init; }

    /// <summary>Whether some of what the head promises lies outside of the bytes.</summary>
    internal bool IsDamaged { get; private init; }

    /// <summary>How many threads are here.</summary>
    internal int ThreadCount => _threads.Length / NativeStruct.SizeOf<SYSTEM_THREAD_INFORMATION>();

    internal int Pid => (int)Head.UniqueProcessId; // the parser checked the range

    /// <summary>The place of the sample on the system's scale of starts: the sequence number, which no clock can move, where there is one.</summary>
    internal ulong Start => HasExtension ? Extension.ProcessSequenceNumber : (ulong)Head.CreateTime;

    /// <summary>One of the threads.</summary>
    internal SYSTEM_THREAD_INFORMATION Thread(int index)
    {
        int size = NativeStruct.SizeOf<SYSTEM_THREAD_INFORMATION>();
        return NativeStruct.ReadPrefix<SYSTEM_THREAD_INFORMATION>(_threads.Slice(index * size, size));
    }

    /// <summary>Reads the process at an offset of a list.</summary>
    /// <param name="list">The whole answer.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="entry">The process.</param>
    /// <param name="next">Where the next one begins; 0 when there is none.</param>
    /// <returns><see langword="false"/> when the bytes hold no process; never throws.</returns>
    internal static bool TryRead(AddressedBytes list, int offset, out ProcessEntry entry, out int next)
    {
        entry = default;
        next = 0;
        ReadOnlySpan<byte> bytes = list.Bytes;
        int headSize = NativeStruct.SizeOf<SYSTEM_PROCESS_INFORMATION>();
        if (offset < 0 || offset > bytes.Length - headSize || !NativeStruct.TryRead(bytes[offset..], out SYSTEM_PROCESS_INFORMATION head))
        {
            return false;
        }

        // The last entry goes on to the end; any other to the next, which cannot begin inside of this one's head.
        bool isDamaged = false;
        int end = bytes.Length;
        if (head.NextEntryOffset != 0)
        {
            if (head.NextEntryOffset >= headSize && head.NextEntryOffset <= bytes.Length - offset)
            {
                next = end = offset + (int)head.NextEntryOffset;
            }
            else
            {
                isDamaged = true;
            }
        }

        if (head.UniqueProcessId is < 0 or > int.MaxValue)
        {
            return false;
        }

        int threadsAt = offset + headSize;
        long threadBytes = (long)head.NumberOfThreads * NativeStruct.SizeOf<SYSTEM_THREAD_INFORMATION>();
        int threadRoom = (end - threadsAt) / NativeStruct.SizeOf<SYSTEM_THREAD_INFORMATION>() * NativeStruct.SizeOf<SYSTEM_THREAD_INFORMATION>();
        isDamaged |= threadBytes > threadRoom;
        int threadsEnd = threadsAt + (int)Math.Min(threadBytes, threadRoom);
        ReadOnlySpan<char> name = ReadName(list, head.ImageName, threadsEnd, end, out int nameAt, ref isDamaged);

        // Between threads and name, or end where there is no name: nothing on older systems and under emulation, the extension since 1709.
        int extensionSize = NativeStruct.SizeOf<SYSTEM_PROCESS_INFORMATION_EXTENSION>();
        bool hasExtension = !isDamaged && nameAt - threadsEnd >= extensionSize;
        entry = new ProcessEntry(head, name, bytes[threadsAt..threadsEnd])
        {
            HasExtension = hasExtension,
            Extension = hasExtension ? NativeStruct.ReadPrefix<SYSTEM_PROCESS_INFORMATION_EXTENSION>(bytes.Slice(threadsEnd, extensionSize)) : default,
            IsDamaged = isDamaged,
        };
        return true;
    }

    // A name is taken from its own entry only: a wrong pointer must not give a process the name of another.
    private static ReadOnlySpan<char> ReadName(AddressedBytes list, scoped in UNICODE_STRING text, int from, int end, scoped out int nameAt, scoped ref bool isDamaged)
    {
        nameAt = end;
        if (text.Buffer == 0 || text.Length == 0)
        {
            return default;
        }

        if (!list.TryFollow(text.Buffer, out ReadOnlySpan<byte> rest) || list.Bytes.Length - rest.Length is var at && (at < from || at + text.Length > end))
        {
            isDamaged = true;
            return default;
        }

        nameAt = at;
        return MemoryMarshal.Cast<byte, char>(rest[..text.Length]);
    }
}
