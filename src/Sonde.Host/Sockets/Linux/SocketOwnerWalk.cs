using System.Runtime.Versioning;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Linux;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Sockets.Linux;

/// <summary>Finds out which processes have which sockets, by the descriptors of all processes, and remembers it.</summary>
/// <remarks>
/// The walk costs a system call a descriptor of the host. So it is made only when there is a socket that nobody is known to own, it looks first at
/// processes that had sockets before, and it ends when all are found; now and then it is made whole, because sockets are inherited and passed on.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class SocketOwnerWalk : IDisposable
{
    private readonly ProcFiles _files;
    private readonly LinuxProcView _view;
    private readonly SocketTableOptions _options;
    private readonly NamePool _names = new();
    private readonly Dictionary<int, (ulong Start, string Name)> _processes = [];
    private readonly Dictionary<ulong, KnownSocket> _wanted = [];
    private readonly HashSet<int> _owning = [];
    private readonly HashSet<int> _owningBefore = [];
    private int[] _ids = [];
    private long _walk;
    private long _lastWhole = long.MinValue;
    private int _missing;
    private int _refused;

    internal SocketOwnerWalk(ProcFiles files, LinuxProcView view, SocketTableOptions options)
    {
        _files = files;
        _view = view;
        _options = options;
    }

    /// <summary>The proc file system, shared with the table; owned by this.</summary>
    internal ProcFiles Files => _files;

    /// <summary>How many processes did not show their descriptors in the last walk.</summary>
    internal int Refused => _refused;

    /// <summary>How many descriptors were looked at in all walks: what the walks cost.</summary>
    internal long Looked { get; private set; }

    /// <summary>Whether it is time to look at every process again.</summary>
    internal bool IsWholeDue(long now) => _lastWhole == long.MinValue || _options.Time.GetElapsedTime(_lastWhole, now) >= _options.OwnerRefresh;

    internal static bool IsDue(KnownSocket socket, long now) => socket.Owners is null && now >= socket.NextTry;

    /// <summary>Begins to gather what is looked for.</summary>
    internal void Begin()
    {
        _wanted.Clear();
        _missing = 0;
    }

    /// <summary>Adds a socket that is looked for.</summary>
    internal void Want(ulong inode, KnownSocket socket)
    {
        if (_wanted.TryAdd(inode, socket) && socket.Owners is null)
        {
            _missing++;
        }
    }

    /// <summary>Looks for all that is wanted.</summary>
    /// <exception cref="HostException">The processes cannot be listed.</exception>
    internal void Walk(long now, bool isWhole)
    {
        if (_wanted.Count == 0)
        {
            return;
        }

        _walk++;
        _refused = 0;
        ReadOnlySpan<int> ids = ListIds();
        _owningBefore.Clear();
        _owningBefore.UnionWith(_owning);
        if (isWhole)
        {
            _owning.Clear();
        }

        // New sockets are mostly those of processes that have others.
        foreach (bool isOwning in (ReadOnlySpan<bool>)[true, false])
        {
            for (int at = ids.Length - 1; at >= 0 && (isWhole || _missing > 0); at--)
            {
                if (_owningBefore.Contains(ids[at]) == isOwning)
                {
                    Look(ids[at]);
                }
            }
        }

        foreach (KnownSocket socket in _wanted.Values)
        {
            socket.EndWalk(_walk, isWhole, now + DelayAfter(socket.Failures));
        }

        if (isWhole)
        {
            _lastWhole = now;
            ForgetEnded(ids);
        }
    }

    /// <summary>Why nobody is found for a socket that some process should have.</summary>
    internal Reading<IReadOnlyList<SocketOwner>> WhyNobody()
    {
        foreach (Gap gap in _view.Gaps)
        {
            return new Reading<IReadOnlyList<SocketOwner>>(gap.Status, null, gap.Reason);
        }

        return _refused > 0
            ? Reading.Denied<IReadOnlyList<SocketOwner>>(LinuxReasons.Denied)
            : Reading.None<IReadOnlyList<SocketOwner>>("no process has it open: it is the kernel's own, was just closed, or is being passed on");
    }

    public void Dispose() => _files.Dispose();

    private ReadOnlySpan<int> ListIds()
    {
        try
        {
            ReadOnlySpan<int> ids = _files.ListIds();
            if (_ids.Length < ids.Length)
            {
                _ids = new int[ids.Length * 2];
            }

            ids.CopyTo(_ids);
            return _ids.AsSpan(0, ids.Length);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused, _options.ProcRoot);
        }
    }

    private void Look(int pid)
    {
        if (_files.Enter(pid) < 0)
        {
            return; // it ended
        }

        int looked = _files.ReadSockets(out ReadOnlySpan<SocketLink> sockets);
        if (looked >= 0)
        {
            Looked += looked;
            bool owns = false;
            ulong start = 0;
            string? name = null;
            foreach (SocketLink link in sockets)
            {
                if (!_wanted.TryGetValue(link.Inode, out KnownSocket? socket))
                {
                    continue;
                }

                if (name is null && !TryIdentify(pid, out start, out name))
                {
                    break; // it ended since
                }

                owns = true;
                Meet(socket, pid, start, name, link.Descriptor);
            }

            if (owns)
            {
                _owning.Add(pid);
            }
        }
        else if (LinuxReasons.ToStatus(looked, isOffered: true) == ReadingStatus.Denied)
        {
            _refused++;
        }

        _files.Leave();
    }

    private void Meet(KnownSocket socket, int pid, ulong start, string name, int descriptor)
    {
        SocketOwner? last = socket.LastOf(_walk);
        if (last is not null && last.Pid == pid)
        {
            return; // another descriptor of the same process
        }

        if (last is null && socket.Owners is null)
        {
            _missing--;
        }

        var key = new ProcessKey(_view.Boot, pid, start);
        SocketOwner? before = socket.Before(pid);
        bool isSame = before is not null && before.Key == key && before.Descriptor.GetValueOrDefault(-1) == descriptor;
        socket.Meet(_walk, isSame ? before! : new SocketOwner(pid, before is not null && before.Key == key ? before.Name : name, key, descriptor)); // not null when the same
    }

    private bool TryIdentify(int pid, out ulong start, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? name)
    {
        start = 0;
        name = null;
        if (_files.Read("stat"u8, out ReadOnlySpan<byte> text) < 0 || !ProcStat.TryParse(text, out ProcStat stat))
        {
            return false;
        }

        start = stat.StartTicks;
        name = _processes.TryGetValue(pid, out (ulong Start, string Name) known) && known.Start == start ? known.Name : _names.Get(stat.Name);
        _processes[pid] = (start, name);
        return true;
    }

    private void ForgetEnded(ReadOnlySpan<int> ids)
    {
        if (_processes.Count <= ids.Length)
        {
            return;
        }

        var alive = new HashSet<int>(ids.Length);
        foreach (int id in ids)
        {
            alive.Add(id);
        }

        foreach (int pid in _processes.Keys)
        {
            if (!alive.Contains(pid))
            {
                _processes.Remove(pid);
            }
        }
    }

    // A process may be between accept(2) and the descriptor; a socket that is nobody's stays so.
    private long DelayAfter(int failures)
    {
        TimeSpan delay = failures switch
        {
            0 => TimeSpan.FromMilliseconds(50),
            1 => TimeSpan.FromMilliseconds(250),
            2 => TimeSpan.FromMilliseconds(1500),
            _ => _options.OwnerRefresh,
        };
        return (long)(delay.TotalSeconds * _options.Time.TimestampFrequency);
    }
}
