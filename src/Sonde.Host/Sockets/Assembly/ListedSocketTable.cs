using Sonde.Host.Processes;
using Sonde.Interop;

namespace Sonde.Host.Sockets.Assembly;

/// <summary>What systems share that list sockets by kind, each with its process by id: the reading and its bound, refusals, owners.</summary>
/// <typeparam name="TIdentity">What tells a socket from all others, from one reading to the next.</typeparam>
internal abstract class ListedSocketTable<TIdentity> : SocketTable
    where TIdentity : notnull
{
    private readonly SocketTableOptions _options;
    private readonly SocketReasons _reasons;
    private readonly IReadOnlyList<SocketList> _lists;
    private readonly OwnerEvidence _evidence;
    private readonly SocketSnapshotPool _pool;
    private readonly FirstSightings<TIdentity> _sightings = new();
    private readonly Dictionary<(int Last, int Effective), Reading<IReadOnlyList<SocketOwner>>> _owners = [];
    private readonly Reading<IReadOnlyList<SocketOwner>> _nobody = Reading.None<IReadOnlyList<SocketOwner>>("the system names no process: it keeps the socket itself");
    private readonly Reading<IReadOnlyList<SocketOwner>> _notAsked = Reading.NotCollected<IReadOnlyList<SocketOwner>>("nobody asked for it");
    private readonly Reading<string> _noName = Reading.NotCollected<string>("the system lists processes by their ids");
    private readonly Reading<ProcessKey> _noKey = Reading.NotCollected<ProcessKey>("the system lists processes by their ids");
    private readonly Reading<int> _noDescriptor;
    private long _leftOut;

    /// <summary>Makes a table.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="reasons">Why facts are missing on this system.</param>
    /// <param name="lists">All that this system has, in the order in which they are read.</param>
    /// <param name="evidence">How surely the process in a list is the owner.</param>
    /// <param name="noDescriptor">Why it has no descriptor.</param>
    private protected ListedSocketTable(SocketTableOptions options, SocketReasons reasons, IReadOnlyList<SocketList> lists, OwnerEvidence evidence, string noDescriptor)
    {
        _options = options;
        _reasons = reasons;
        _lists = lists;
        _evidence = evidence;
        _pool = new SocketSnapshotPool(reasons);
        _noDescriptor = Reading.Unsupported<int>(noDescriptor);
    }

    public sealed override SocketSnapshot Read()
    {
        SocketSnapshot snapshot = _pool.Take();
        try
        {
            long begin = _options.Time.GetTimestamp();
            snapshot.Begin(Backend, _options.Time.GetUtcNow(), begin);
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

    protected sealed override void Dispose(bool disposing)
    {
        // Nothing is held open: each question opens and closes what it needs.
    }

    /// <summary>Asks for a list and adds its sockets; what of it makes no sense is a gap.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    private protected abstract void Read(SocketList list, SocketSnapshot snapshot, List<Gap> gaps);

    /// <summary>The user of a socket, or why it is not known.</summary>
    private protected abstract Reading<ProcessUser> UserOf(SocketRecord record);

    /// <summary>A refusal in words that tell of which list.</summary>
    private protected virtual string WhyRefused(SocketList list, HostException refused) => refused.Message;

    /// <summary>Adds a socket within the bound.</summary>
    private protected void Add(SocketSnapshot snapshot, in SocketSample sample, in TcpSample tcp, bool hasTcp, TIdentity identity, (int Last, int Effective) owner)
    {
        if (snapshot.Count >= _options.MaxSockets)
        {
            _leftOut++;
            return;
        }

        SocketRecord record = snapshot.Add();
        record.Fill(sample, tcp, hasTcp, _reasons);
        record.SetContext(UserOf(record), _sightings.Of(identity, snapshot.Time));
        record.SetOwners(OwnersOf(record, owner), _evidence);
    }

    private List<Gap> ReadLists(SocketSnapshot snapshot)
    {
        var gaps = new List<Gap>();
        HostException? refused = null;
        bool isAnyRead = false;
        _leftOut = 0;
        foreach (SocketList list in _lists)
        {
            if ((_options.Kinds & (SocketKinds)(1 << (int)list.Kind)) == SocketKinds.None)
            {
                continue;
            }

            try
            {
                Read(list, snapshot, gaps);
                isAnyRead = true;
            }
            catch (NativeException error)
            {
                var failure = HostException.From(error);
                refused ??= failure;
                gaps.Add(new Gap("sockets", failure.Failure == HostFailure.AccessDenied ? ReadingStatus.Denied : ReadingStatus.Failed, WhyRefused(list, failure)));
            }
        }

        if (_leftOut > 0)
        {
            gaps.Add(new Gap("sockets", ReadingStatus.Failed, "more than the bound allows: they were left out", _leftOut));
        }

        return !isAnyRead && refused is not null ? throw refused : gaps;
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
            // A process may use a socket on behalf of another one, which macOS calls its effective user.
            int[] pids = owner.Effective > 0 && owner.Effective != owner.Last ? [owner.Last, owner.Effective] : [owner.Last];
            owners = Reading.Ok<IReadOnlyList<SocketOwner>>([.. pids.Where(static pid => pid > 0).Select(pid => new SocketOwner(pid, _noName, _noKey, _noDescriptor))]);
            _owners.Add(owner, owners);
        }

        return owners;
    }
}
