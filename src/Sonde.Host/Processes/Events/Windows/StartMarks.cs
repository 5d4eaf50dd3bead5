using System.Runtime.Versioning;
using Sonde.Host.Processes.Windows;

namespace Sonde.Host.Processes.Events.Windows;

/// <summary>The marks of processes' starts as the system's list has them, for those that events tell of.</summary>
/// <remarks>The list marks starts by a number where it has one, else by their time. Events of newer systems have a number too; whether it is the same one is looked at before it is relied on.</remarks>
[SupportedOSPlatform("windows")]
internal sealed class StartMarks
{
    private readonly ProcessList _list;
    private readonly bool _hasNumbers;
    private bool? _isSameNumber;

    /// <summary>Reads the list once, to learn what it is made of.</summary>
    /// <param name="list">The list to look into; null for one of its own.</param>
    /// <exception cref="HostException">The list of processes is refused.</exception>
    internal StartMarks(ProcessList? list = null)
    {
        _list = list ?? new ProcessList();
        _list.Refresh();
        foreach (int pid in _list.Offsets.Keys)
        {
            _hasNumbers |= _list.TryFind(pid, out ProcessEntry entry) && entry.HasExtension;
        }
    }

    /// <summary>The mark of a process that an event tells of; null when only the list could tell, and has the process no more.</summary>
    internal ulong? Of(in KernelProcessEvent told)
    {
        if (!_hasNumbers)
        {
            return (ulong)told.Created;
        }

        if (told.Sequence != 0 && _isSameNumber == true)
        {
            return told.Sequence;
        }

        if (TryFind(told, out ulong start) || FindAnew(told, out start))
        {
            _isSameNumber ??= told.Sequence != 0 ? start == told.Sequence : null;
            return start;
        }

        return told.Sequence != 0 && _isSameNumber != false ? told.Sequence : null;
    }

    private bool FindAnew(in KernelProcessEvent told, out ulong start)
    {
        _list.Refresh();
        return TryFind(told, out start);
    }

    private bool TryFind(in KernelProcessEvent told, out ulong start)
    {
        bool isListed = _list.TryFind(told.Pid, out ProcessEntry entry) && entry.Head.CreateTime == told.Created;
        start = isListed ? entry.Start : 0;
        return isListed;
    }
}
