using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>One handle for each process, kept for as long as the process lives: while it is open, its id cannot become another's.</summary>
/// <remarks>Refusals are kept too. Bounded: beyond the bound a handle lasts until the next one is asked for.</remarks>
[SupportedOSPlatform("windows")]
internal sealed class ProcessHandles(uint access) : IDisposable
{
    private const int MaxKept = 16 * 1024;
    private readonly Dictionary<int, OpenedProcess> _opened = [];
    private OpenedProcess? _passing;

    /// <summary>How many are kept.</summary>
    internal int Count => _opened.Count;

    /// <summary>The process with an id, opened once.</summary>
    /// <param name="pid">The id.</param>
    /// <param name="created">When it started, as a FILETIME; another process with the same id is not it. Null takes who has the id now.</param>
    /// <param name="tryAgain">Whether to ask again where the answer was no.</param>
    internal OpenedProcess Get(int pid, long? created, bool tryAgain = false)
    {
        if (_opened.TryGetValue(pid, out OpenedProcess? known))
        {
            if ((created is null || known.Created == created) && (known.Handle is not null || !tryAgain))
            {
                return known;
            }

            known.Dispose();
            _opened.Remove(pid);
        }

        OpenedProcess opened = Open(pid, created);
        if (_opened.Count < MaxKept)
        {
            _opened.Add(pid, opened);
        }
        else
        {
            _passing?.Dispose();
            _passing = opened;
        }

        return opened;
    }

    /// <summary>Closes the handles of processes that are not in the list any more: a handle would keep what is left of them.</summary>
    /// <param name="alive">The ids that are there.</param>
    internal void Prune(Dictionary<int, int> alive)
    {
        foreach ((int pid, OpenedProcess opened) in _opened)
        {
            if (!alive.ContainsKey(pid))
            {
                opened.Dispose();
                _opened.Remove(pid); // allowed while enumerating since .NET Core 3.0
            }
        }
    }

    /// <summary>Closes the handles of processes that are not in a reading of the table any more.</summary>
    internal void Prune(ProcessSnapshot alive)
    {
        foreach (int pid in _opened.Keys)
        {
            if (alive.Find(pid) is null)
            {
                Forget(pid);
            }
        }
    }

    /// <summary>Closes the handle of a process that has ended.</summary>
    internal void Forget(int pid)
    {
        if (_opened.Remove(pid, out OpenedProcess? opened)) // allowed while enumerating since .NET Core 3.0
        {
            opened.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (OpenedProcess opened in _opened.Values)
        {
            opened.Dispose();
        }

        _opened.Clear();
        _passing?.Dispose();
        _passing = null;
    }

    private OpenedProcess Open(int pid, long? created)
    {
        int status = ProcessHandle.Open(pid, access, out ProcessHandle? handle);
        if (handle is null && access != NtDll.PROCESS_QUERY_LIMITED_INFORMATION)
        {
            // Protected processes, and those of the system without the privilege, still answer a little.
            status = ProcessHandle.Open(pid, NtDll.PROCESS_QUERY_LIMITED_INFORMATION, out handle);
        }

        if (handle is null)
        {
            return new OpenedProcess(null, created ?? 0, status);
        }

        KERNEL_USER_TIMES times = default;
        status = handle.Query(PROCESSINFOCLASS.ProcessTimes, ref times);
        if (status < 0 || (created is { } expected && times.CreateTime != expected))
        {
            handle.Dispose();
            return new OpenedProcess(null, created ?? 0, status < 0 ? status : NtStatus.STATUS_INVALID_CID);
        }

        return new OpenedProcess(handle, times.CreateTime, status);
    }
}
