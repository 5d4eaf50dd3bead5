using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Events.Tracking;
using Sonde.Host.Processes.Windows;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Events.Windows;

/// <summary>Reads a process as soon as an event tells of it, through a handle that is known to be of the process that the event means.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsEventReader : IDisposable
{
    private readonly ProcessEventOptions _options;
    private readonly ProcessFields _fields;
    private readonly ProcessList _list = new();
    private readonly ProcessHandles _handles = new(NtDll.PROCESS_QUERY_LIMITED_INFORMATION);
    private readonly WindowsProcessReader _reader;
    private readonly bool _hasSequences;

    // Whether the numbers of events are those of the list; not known until one could be compared.
    private bool? _isSameNumber;

    /// <summary>Reads the list once, to learn what it is made of.</summary>
    /// <exception cref="HostException">The list of processes is refused.</exception>
    internal WindowsEventReader(ProcessEventOptions options)
    {
        _options = options;
        _fields = options.Fields & ProcessFields.Identity;
        _list.Refresh();
        _hasSequences = HasSequences();
        _reader = new WindowsProcessReader(_list, _handles, DebugPrivilege.Open(isWanted: false), options.ForCollector());
        _reader.BeginCycle(_fields);
    }

    internal Guid Boot => _reader.Boot;

    /// <summary>The mark of a process's start as the list has it, for an event; not there when the list alone could tell and has the process no more.</summary>
    internal ulong? StartOf(in KernelProcessEvent told)
    {
        if (!_hasSequences)
        {
            return (ulong)told.Created;
        }

        if (told.Sequence != 0 && _isSameNumber == true)
        {
            return told.Sequence;
        }

        if (TryFind(told, out ulong start) || (Refresh() && TryFind(told, out start)))
        {
            _isSameNumber ??= told.Sequence != 0 ? start == told.Sequence : null;
            return start;
        }

        return told.Sequence != 0 && _isSameNumber != false ? told.Sequence : null;
    }

    /// <summary>Reads the process of which an event told that it started; of one that has ended, what the event says.</summary>
    internal ProcessFacts Read(in KernelProcessEvent told, ulong start, in EventMoment happened)
    {
        ProcessSample sample = default;
        sample.Pid = told.Pid;
        sample.Start = start;
        sample.StartOrder = start;
        sample.StartTimeTicks = WindowsSamples.ToDateTicks(told.Created);
        sample.ParentPid = told.ParentPid;
        sample.Statuses.Set(SampleFields.StartTime | SampleFields.ParentPid, ReadingStatus.Ok);
        var identity = new ProcessIdentity { Fields = _fields };
        bool isThere = _reader.ReadIdentity(sample, _fields, identity);
        return new ProcessFacts(
            start,
            told.Name,
            told.ParentPid,
            isThere ? identity : ProcessIdentity.Gone,
            0,
            happened.Monotonic,
            EventMoment.Now(_options.Time).Monotonic - happened.Monotonic);
    }

    /// <summary>Lets go of a process that ended: a handle would keep what is left of it, and its id.</summary>
    internal void Forget(int pid) => _handles.Forget(pid);

    /// <summary>Refreshes what all processes share; between two batches.</summary>
    internal void Refresh(ProcessSnapshot snapshot)
    {
        _reader.BeginCycle(_fields);
        _handles.Prune(snapshot);
    }

    public void Dispose() => _reader.Dispose(); // with it the handles

    private bool HasSequences()
    {
        foreach (int pid in _list.Offsets.Keys)
        {
            if (_list.TryFind(pid, out ProcessEntry entry) && entry.HasExtension)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFind(in KernelProcessEvent told, out ulong start)
    {
        bool isListed = _list.TryFind(told.Pid, out ProcessEntry entry) && entry.Head.CreateTime == told.Created;
        start = isListed ? entry.Start : 0;
        return isListed;
    }

    private bool Refresh()
    {
        _list.Refresh();
        return true;
    }
}
