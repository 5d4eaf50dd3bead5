using System.Runtime.InteropServices;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Puts together what the task iterator writes: a record for each process, a shorter one for each further thread.</summary>
/// <remarks>The kernel walks by thread id, so records come sorted by pid, and a thread usually comes after its process.</remarks>
internal sealed class TaskRecords : IBpfIteratorSink
{
    /// <summary><see cref="TaskUsage.Kind"/> of a whole <see cref="TaskRecord"/>.</summary>
    internal const uint Process = 0x50534E53;

    /// <summary><see cref="TaskUsage.Kind"/> of a thread that is not its process's first: a <see cref="TaskUsage"/> and nothing behind it.</summary>
    internal const uint Thread = 0x54534E53;

    private const int MostReserved = 256 * 1024;

    private TaskRecord[] _processes = new TaskRecord[256];
    private TaskUsage[] _waiting = new TaskUsage[16];
    private int _count;
    private int _waitingCount;

    /// <summary>The processes, sorted by pid.</summary>
    internal ReadOnlySpan<TaskRecord> Processes => _processes.AsSpan(0, _count);

    /// <summary>Further threads that were added to their processes.</summary>
    internal int Threads { get; private set; }

    /// <summary>Threads whose process was not seen: it ended meanwhile, or its first thread did in a way that freed its id.</summary>
    internal int Orphans { get; private set; }

    /// <summary>Bytes that were no record; anything but 0 means that program and reader do not belong together.</summary>
    internal long Unreadable { get; private set; }

    /// <summary>Makes room for so many processes at once, instead of growing to it step by step.</summary>
    internal void Reserve(int count)
    {
        if (count > _processes.Length)
        {
            Array.Resize(ref _processes, Math.Min(count, MostReserved));
        }
    }

    /// <summary>Begins a new walk; the room stays.</summary>
    internal void Clear()
    {
        _count = 0;
        _waitingCount = 0;
        Threads = 0;
        Orphans = 0;
        Unreadable = 0;
    }

    public void Take(ReadOnlySpan<byte> piece)
    {
        int processSize = NativeStruct.SizeOf<TaskRecord>();
        int threadSize = NativeStruct.SizeOf<TaskUsage>();
        while (NativeStruct.TryRead(piece, out uint kind))
        {
            if (kind == Process && piece.Length >= processSize)
            {
                AddProcess(piece);
                piece = piece[processSize..];
            }
            else if (kind == Thread && piece.Length >= threadSize)
            {
                AddThread(MemoryMarshal.Read<TaskUsage>(piece));
                piece = piece[threadSize..];
            }
            else
            {
                break;
            }
        }

        Unreadable += piece.Length;
    }

    /// <summary>Ends a walk: threads that came before their process find it now.</summary>
    internal void Finish()
    {
        foreach (TaskUsage thread in _waiting.AsSpan(0, _waitingCount))
        {
            int index = Find(thread.ThreadGroupId);
            if (index >= 0)
            {
                Add(ref _processes[index].Usage, thread);
            }
            else
            {
                Orphans++;
            }
        }

        _waitingCount = 0;
    }

    private void AddProcess(ReadOnlySpan<byte> record)
    {
        if (_count == _processes.Length)
        {
            Array.Resize(ref _processes, _processes.Length * 2);
        }

        ref TaskRecord process = ref _processes[_count];
        process = MemoryMarshal.Read<TaskRecord>(record);

        // Out of order, or twice: the kernel does neither, and the search below relies on it.
        if (_count > 0 && process.Usage.Pid <= _processes[_count - 1].Usage.Pid)
        {
            Unreadable += NativeStruct.SizeOf<TaskRecord>();
            return;
        }

        _count++;
    }

    private void AddThread(TaskUsage thread)
    {
        Threads++;
        int index = _count > 0 && _processes[_count - 1].Usage.Pid == thread.ThreadGroupId ? _count - 1 : Find(thread.ThreadGroupId);
        if (index >= 0)
        {
            Add(ref _processes[index].Usage, thread);
            return;
        }

        // Pids wrapped around, or another thread than the first called exec: the process comes later.
        if (_waitingCount == _waiting.Length)
        {
            Array.Resize(ref _waiting, _waiting.Length * 2);
        }

        _waiting[_waitingCount++] = thread;
    }

    private int Find(int pid)
    {
        int low = 0;
        int high = _count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int found = _processes[middle].Usage.Pid;
            if (found == pid)
            {
                return middle;
            }

            (low, high) = found < pid ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private static void Add(ref TaskUsage sum, TaskUsage thread)
    {
        sum.TickUserNanoseconds += thread.TickUserNanoseconds;
        sum.TickSystemNanoseconds += thread.TickSystemNanoseconds;
        sum.RunNanoseconds += thread.RunNanoseconds;
        sum.MinorFaults += thread.MinorFaults;
        sum.MajorFaults += thread.MajorFaults;
        sum.ReadCallBytes += thread.ReadCallBytes;
        sum.WriteCallBytes += thread.WriteCallBytes;
        sum.ReadCalls += thread.ReadCalls;
        sum.WriteCalls += thread.WriteCalls;
        sum.StorageReadBytes += thread.StorageReadBytes;
        sum.StorageWriteBytes += thread.StorageWriteBytes;
        sum.CancelledWriteBytes += thread.CancelledWriteBytes;
    }
}
