using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Windows;

/// <summary>The owners that the kernel's events name: who used the socket, and by what name it started.</summary>
/// <remarks>Holds the flows of the last reading, whose owners are asked for at once, and the processes that started since the trace began, the oldest giving way.</remarks>
internal sealed class TraceOwners(int capacity) : OwnerSource
{
    private readonly Dictionary<FlowIdentity, int> _flows = [];
    private readonly Dictionary<int, (ulong Start, string Name)> _started = [];
    private readonly Queue<int> _order = new();

    internal int Count => _started.Count;

    internal override bool TryFind(in FlowIdentity flow, ulong socketCookie, out OwnerClue clue)
    {
        clue = default;
        if (!_flows.TryGetValue(flow, out int pid))
        {
            return false;
        }

        clue = _started.TryGetValue(pid, out (ulong Start, string Name) known)
            ? new OwnerClue(pid, known.Start, known.Name, null, OwnerConfidence.Kernel)
            : new OwnerClue(pid, 0, null, null, OwnerConfidence.Kernel);
        return true;
    }

    /// <summary>Begins a reading.</summary>
    internal void Begin() => _flows.Clear();

    /// <summary>Notes whose flow it is.</summary>
    internal void Note(in FlowIdentity flow, int pid)
    {
        if (pid > 0)
        {
            _flows[flow] = pid;
        }
    }

    /// <summary>Notes that a process started.</summary>
    /// <param name="pid">Its id.</param>
    /// <param name="name">Its name.</param>
    /// <param name="start">The mark of its start, 0 when it is not known.</param>
    internal void NoteStart(int pid, string name, ulong start)
    {
        if (!_started.ContainsKey(pid))
        {
            if (_order.Count >= capacity)
            {
                _started.Remove(_order.Dequeue());
            }

            _order.Enqueue(pid);
        }

        _started[pid] = (start, name);
    }
}
