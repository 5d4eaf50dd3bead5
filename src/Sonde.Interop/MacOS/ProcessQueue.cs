using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

/// <summary>What the kernel told of one process that is watched.</summary>
/// <param name="Pid">The process.</param>
/// <param name="What">NOTE_EXIT, NOTE_FORK and NOTE_EXEC, one or several.</param>
/// <param name="Status">Of an exit whose status may be known: as wait(2) gives it; else null.</param>
internal readonly record struct ProcessNews(int Pid, uint What, uint? Status);

/// <summary>A kernel queue that watches processes (kqueue(2), EVFILT_PROC); who is watched must be known already.</summary>
/// <remarks>One thread at a time.</remarks>
[SupportedOSPlatform("macos")]
internal sealed unsafe class ProcessQueue : IDisposable
{
    private const int MaxNews = 64;
    private const uint All = LibSystem.NOTE_EXIT | LibSystem.NOTE_FORK | LibSystem.NOTE_EXEC;

    private readonly FileDescriptor _queue;
    private readonly kevent[] _events = GC.AllocateArray<kevent>(MaxNews, pinned: true);

    private ProcessQueue(FileDescriptor queue) => _queue = queue;

    /// <summary>Readable when there is news.</summary>
    internal FileDescriptor Descriptor => _queue;

    /// <summary>Opens a queue that watches nobody.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static ProcessQueue Open()
    {
        FileDescriptor queue = LibSystem.kqueue();
        if (!queue.IsInvalid)
        {
            return new ProcessQueue(queue);
        }

        NativeError error = NativeError.LastDarwinErrno();
        queue.Dispose();
        throw new NativeException("kqueue", error);
    }

    /// <summary>Watches a process until it ends.</summary>
    /// <returns>0, or the error number: ESRCH when it has ended already.</returns>
    internal int Watch(int pid)
    {
        // How it ends is told to its parent and to who may signal it; others may know at least that it ends.
        int error = Add(pid, All | LibSystem.NOTE_EXITSTATUS);
        return error == Darwin.EACCES ? Add(pid, All) : error;
    }

    /// <summary>Takes what waits, without blocking.</summary>
    /// <returns>How many there are to look at; 0 when none waited.</returns>
    /// <exception cref="NativeException">The queue is of no use any more.</exception>
    internal int Receive()
    {
        timespec none = default;
        fixed (kevent* events = _events)
        {
            while (true)
            {
                // SAFETY: the array is pinned, with its true length; the time is a local.
                int count = LibSystem.kevent_call(_queue, null, 0, events, MaxNews, &none);
                if (count >= 0)
                {
                    return count;
                }

                NativeError error = NativeError.LastDarwinErrno();
                if (error.Code != Unix.LibC.EINTR)
                {
                    throw new NativeException("kevent", error);
                }
            }
        }
    }

    /// <summary>One of those that the last <see cref="Receive"/> took.</summary>
    internal ProcessNews News(int index)
    {
        kevent one = _events[index];
        bool hasStatus = (one.fflags & (LibSystem.NOTE_EXIT | LibSystem.NOTE_EXITSTATUS)) == (LibSystem.NOTE_EXIT | LibSystem.NOTE_EXITSTATUS);
        return new ProcessNews((int)one.ident, one.fflags & All, hasStatus ? (uint)(one.data & LibSystem.NOTE_PDATAMASK) : null);
    }

    public void Dispose() => _queue.Dispose();

    private int Add(int pid, uint what)
    {
        var change = new kevent { ident = (nuint)pid, filter = LibSystem.EVFILT_PROC, flags = LibSystem.EV_ADD | LibSystem.EV_CLEAR, fflags = what };
        timespec none = default;

        // SAFETY: one change, no room for events: a refusal comes back as an error of the call.
        return LibSystem.kevent_call(_queue, &change, 1, null, 0, &none) >= 0 ? 0 : Marshal.GetLastPInvokeError();
    }
}
