using Sonde.Interop.Linux.Bpf;

namespace Sonde.Host.Processes.Linux;

/// <summary>What was told of each process's counters last, so that none ever goes back.</summary>
/// <remarks>
/// The iterator comes to a process before it comes to its threads; one that ends in between is in neither, and its share is missing from that walk.
/// Processes come by ascending id in every walk, so the two lists are gone through side by side.
/// </remarks>
internal sealed class TaskTotals
{
    private Entry[] _told = [];
    private Entry[] _next = [];
    private int _toldCount;
    private int _nextCount;
    private int _at;

    /// <summary>Begins a walk of so many processes.</summary>
    internal void Begin(int count)
    {
        if (_next.Length < count)
        {
            _next = new Entry[count + (count / 8)];
        }

        _nextCount = 0;
        _at = 0;
    }

    /// <summary>Takes the next process, whose id is larger than the last one's, and says what to tell of it.</summary>
    internal ref Entry Keep(in TaskRecord task)
    {
        int pid = task.Usage.Pid;
        while (_at < _toldCount && _told[_at].Pid < pid)
        {
            _at++;
        }

        bool isKnown = _at < _toldCount && _told[_at].Pid == pid && _told[_at].Start == task.StartBootNanoseconds;
        ref Entry next = ref _next[_nextCount++];
        next = isKnown ? _told[_at] : new Entry { Pid = pid, Start = task.StartBootNanoseconds };
        next.Executions = task.Executions;
        (next.User, next.System) = task.GetCpuTime(next.User, next.System);
        next.MinorFaults = Math.Max(next.MinorFaults, task.Usage.MinorFaults);
        next.MajorFaults = Math.Max(next.MajorFaults, task.Usage.MajorFaults);
        next.ReadCallBytes = Math.Max(next.ReadCallBytes, task.Usage.ReadCallBytes);
        next.WriteCallBytes = Math.Max(next.WriteCallBytes, task.Usage.WriteCallBytes);
        next.ReadCalls = Math.Max(next.ReadCalls, task.Usage.ReadCalls);
        next.WriteCalls = Math.Max(next.WriteCalls, task.Usage.WriteCalls);
        next.StorageReadBytes = Math.Max(next.StorageReadBytes, task.Usage.StorageReadBytes);
        next.StorageWriteBytes = Math.Max(next.StorageWriteBytes, task.Usage.StorageWriteBytes);
        next.CancelledWriteBytes = Math.Max(next.CancelledWriteBytes, task.Usage.CancelledWriteBytes);
        return ref next;
    }

    /// <summary>Ends a walk.</summary>
    internal void End()
    {
        (_told, _next) = (_next, _told);
        (_toldCount, _nextCount) = (_nextCount, 0);
    }

    /// <summary>Whether a record of a later walk is of the same process, running the same program, as in the walk that ended last.</summary>
    internal bool IsSame(in TaskRecord task)
    {
        int low = 0;
        int high = _toldCount - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            ref readonly Entry found = ref _told[middle];
            if (found.Pid == task.Usage.Pid)
            {
                return found.Start == task.StartBootNanoseconds && found.Executions == task.Executions;
            }

            (low, high) = found.Pid < task.Usage.Pid ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    /// <summary>One process.</summary>
    internal struct Entry
    {
        internal int Pid;
        internal ulong Start;
        internal ulong Executions;
        internal ulong User; // ns, as the next
        internal ulong System;
        internal ulong MinorFaults;
        internal ulong MajorFaults;
        internal ulong ReadCallBytes;
        internal ulong WriteCallBytes;
        internal ulong ReadCalls;
        internal ulong WriteCalls;
        internal ulong StorageReadBytes;
        internal ulong StorageWriteBytes;
        internal ulong CancelledWriteBytes;

        // Memory by /proc, in pages, and what the record said then: see LinuxExactMemory.
        internal long ResidentPages;
        internal long SharedPages;
        internal long SummedPages;
        internal ulong ReadAfterNanoseconds; // 0 when it was not read yet
    }
}
