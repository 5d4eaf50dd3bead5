using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Processes;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Sockets.MacOS;

/// <summary>Sockets by net.inet.*.pcblist_n: both ends, state, user, bytes, round trips and the process that used them last, without any right.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSSocketTable : SocketTable
{
    internal const string Name = "pcblist_n";

    private static readonly (SocketKind Kind, string List)[] s_lists =
    [
        (SocketKind.Tcp, "net.inet.tcp.pcblist_n"),
        (SocketKind.Udp, "net.inet.udp.pcblist_n"),
        (SocketKind.Raw, "net.inet.raw.pcblist_n"),
    ];

    private static readonly Reading<string> s_noName = Reading.NotCollected<string>("the lists name processes by their ids");
    private static readonly Reading<ProcessKey> s_noKey = Reading.NotCollected<ProcessKey>("the lists name processes by their ids");
    private static readonly Reading<int> s_noDescriptor = Reading.Unsupported<int>("the lists do not tell");

    private readonly SocketTableOptions _options;
    private readonly MacOSSocketReasons _reasons = new();
    private readonly SocketSnapshotPool _pool;
    private readonly FirstSightings<(SocketKind Kind, ulong Generation)> _sightings = new();
    private readonly Dictionary<(int Last, int Effective), Reading<IReadOnlyList<SocketOwner>>> _owners = [];
    private readonly Dictionary<uint, ProcessUser> _users = [];
    private readonly Reading<IReadOnlyList<SocketOwner>> _nobody = Reading.None<IReadOnlyList<SocketOwner>>("the system names no process: it keeps the socket itself");
    private readonly Reading<IReadOnlyList<SocketOwner>> _notAsked = Reading.NotCollected<IReadOnlyList<SocketOwner>>("nobody asked for it");

    internal MacOSSocketTable(SocketTableOptions options)
    {
        _options = options;
        _pool = new SocketSnapshotPool(_reasons);
    }

    public override string Backend => Name;

    /// <summary>Tries it.</summary>
    internal static BackendStatus CheckRung()
    {
        const string Provides = "TCP, UDP and raw sockets with bytes, round trips, user and the process that used them last";
        try
        {
            Sysctl.ReadTable(s_lists[0].List);
            return new BackendStatus(Part, Name, BackendState.Available, Provides, $"sysctl({s_lists[0].List})", "the process named is the last user of a socket, which need not be the only one");
        }
        catch (NativeException refused)
        {
            return BackendStatus.From(Part, Name, Provides, HostException.From(refused));
        }
    }

    public override SocketSnapshot Read()
    {
        SocketSnapshot snapshot = _pool.Take();
        try
        {
            long begin = _options.Time.GetTimestamp();
            snapshot.Begin(Name, _options.Time.GetUtcNow(), begin);
            _sightings.Begin();
            List<Gap> gaps = ReadLists(snapshot);
            snapshot.Index(ownNamespace: 0);
            _sightings.End(snapshot.Count);
            if (_owners.Count > snapshot.Count + 1024)
            {
                _owners.Clear();
            }

            snapshot.Complete(_options.Time.GetElapsedTime(begin), gaps);
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing is held open: each question opens and closes what it needs.
    }

    private List<Gap> ReadLists(SocketSnapshot snapshot)
    {
        var gaps = new List<Gap>();
        NativeException? refused = null;
        bool isAnyRead = false;
        long leftOut = 0;
        foreach ((SocketKind kind, string list) in s_lists)
        {
            if ((_options.Kinds & (SocketKinds)(1 << (int)kind)) == SocketKinds.None)
            {
                continue;
            }

            try
            {
                var records = new PcbRecords(Sysctl.ReadTable(list).Span, kind);
                leftOut += Add(snapshot, ref records);
                isAnyRead = true;
                if (records.IsTorn)
                {
                    gaps.Add(new Gap("sockets", ReadingStatus.Failed, $"sysctl({list}): the list ends at bytes that could not be understood"));
                }
            }
            catch (NativeException error)
            {
                refused ??= error;
                var failure = HostException.From(error);
                gaps.Add(new Gap("sockets", failure.Failure == HostFailure.AccessDenied ? ReadingStatus.Denied : ReadingStatus.Failed, failure.Message));
            }
        }

        if (leftOut > 0)
        {
            gaps.Add(new Gap("sockets", ReadingStatus.Failed, "more than the bound allows: they were left out", leftOut));
        }

        return !isAnyRead && refused is not null ? throw HostException.From(refused) : gaps;
    }

    private long Add(SocketSnapshot snapshot, ref PcbRecords records)
    {
        long leftOut = 0;
        while (records.MoveNext())
        {
            if (snapshot.Count >= _options.MaxSockets)
            {
                leftOut++;
                continue;
            }

            SocketRecord record = snapshot.Add();
            record.Fill(records.Sample, records.Tcp, records.HasTcp, _reasons);
            record.SetContext(UserOf(record), _sightings.Of((record.Kind, records.Generation), snapshot.Time));
            record.SetOwners(OwnersOf(record, records.Owner), OwnerEvidence.LastUse);
        }

        return leftOut;
    }

    private Reading<ProcessUser> UserOf(SocketRecord record)
    {
        if (!record.UserId.TryGetValue(out uint id))
        {
            return new Reading<ProcessUser>(record.UserId.Status, default, record.UserId.Reason);
        }

        if (!_users.TryGetValue(id, out ProcessUser? user))
        {
            user = new ProcessUser(id.ToString(CultureInfo.InvariantCulture), Reading.NotCollected<string>("names of users are not looked up here"));
            _users.Add(id, user);
        }

        return user;
    }

    private Reading<IReadOnlyList<SocketOwner>> OwnersOf(SocketRecord record, (int Last, int Effective) owner)
    {
        if (!_options.Owners || (_options.SelectOwners is { } select && !select(record)))
        {
            return _notAsked;
        }

        if (owner is { Last: <= 0, Effective: <= 0 })
        {
            return _nobody;
        }

        if (!_owners.TryGetValue(owner, out Reading<IReadOnlyList<SocketOwner>> owners))
        {
            // A process may use a socket on behalf of another one, which the system calls its effective user.
            int[] pids = owner.Effective > 0 && owner.Effective != owner.Last ? [owner.Last, owner.Effective] : [owner.Last];
            owners = Reading.Ok<IReadOnlyList<SocketOwner>>([.. pids.Where(static pid => pid > 0).Select(static pid => new SocketOwner(pid, s_noName, s_noKey, s_noDescriptor))]);
            _owners.Add(owner, owners);
        }

        return owners;
    }
}
