using System.Runtime.Versioning;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Linux;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Sockets.Linux;

/// <summary>What the ways to read sockets on Linux share: owners by descriptors, names of users, what is remembered from reading to reading.</summary>
[SupportedOSPlatform("linux")]
internal abstract class LinuxSocketTable : SocketTable
{
    private readonly SocketSnapshotPool _pool;
    private readonly SocketOwnerWalk _walk;
    private readonly UserNames _users;
    private readonly Dictionary<ulong, KnownSocket> _known = [];
    private readonly List<Gap> _gaps = [];
    private readonly Reading<IReadOnlyList<SocketOwner>> _ofKernel = Reading.None<IReadOnlyList<SocketOwner>>("the kernel alone keeps it: no process can have it in this state");
    private readonly Reading<IReadOnlyList<SocketOwner>> _notAsked = Reading.NotCollected<IReadOnlyList<SocketOwner>>("nobody asked for it");
    private Gap? _nobody;
    private Gap? _doubles;
    private Gap? _cut;
    private IReadOnlyList<Gap> _lastGaps = [];
    private long _generation;

    private protected LinuxSocketTable(SocketTableOptions options, string backend, SocketOwnerWalk walk, ulong ownNamespace)
    {
        Options = options;
        Reasons = new LinuxSocketReasons(backend);
        OwnNamespace = ownNamespace;
        _pool = new SocketSnapshotPool(Reasons);
        _walk = walk;
        _users = new UserNames(options.PasswordFile);
    }

    /// <summary>What costs the walks made so far, for tests.</summary>
    internal long DescriptorsLookedAt => _walk.Looked;

    private protected SocketTableOptions Options { get; }

    private protected ProcFiles Files => _walk.Files;

    private protected LinuxSocketReasons Reasons { get; }

    private protected ulong OwnNamespace { get; }

    /// <summary>How many sockets did not fit into the bound in the reading in hand.</summary>
    private protected long LeftOut { get; set; }

    public sealed override SocketSnapshot Read()
    {
        SocketSnapshot snapshot = _pool.Take();
        long begin = Options.Time.GetTimestamp();
        snapshot.Begin(Backend, Options.Time.GetUtcNow(), begin);
        try
        {
            _gaps.Clear();
            LeftOut = 0;
            ReadTables(snapshot, _gaps);
            int doubles = snapshot.Index(OwnNamespace);
            AddCounted(ref _doubles, doubles, "sockets", ReadingStatus.Gone, "the table changed while it was read: they were told twice");
            AddCounted(ref _cut, LeftOut, "sockets", ReadingStatus.Failed, "more than the bound allows: they were left out");
            FindOwners(snapshot, begin);
            snapshot.Complete(Options.Time.GetElapsedTime(begin), KeepGaps());
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>Opens what every backend needs of /proc.</summary>
    /// <exception cref="HostException">There is no proc file system.</exception>
    internal static (SocketOwnerWalk Walk, ulong OwnNamespace) OpenProc(SocketTableOptions options)
    {
        ProcFiles files;
        try
        {
            files = ProcFiles.Open(options.ProcRoot);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused, options.ProcRoot);
        }

        try
        {
            LinuxProcView view = LinuxProcView.Examine(files, new ProcessCollectorOptions { ProcRoot = options.ProcRoot, Time = options.Time });
            ulong own = (files.ReadRootLink("thread-self/ns/net"u8, out ReadOnlySpan<byte> link) > 0 || files.ReadRootLink("self/ns/net"u8, out link) > 0)
                && NamespaceLink.TryParse(link, out uint inode)
                ? inode
                : 0;
            return (new SocketOwnerWalk(files, view, options), own);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Reads the tables into the snapshot; refusals of a part are gaps.</summary>
    /// <exception cref="HostException">All of it was refused.</exception>
    private protected abstract void ReadTables(SocketSnapshot snapshot, List<Gap> gaps);

    /// <summary>Reads a file of /proc/net into the snapshot.</summary>
    /// <returns>0, or a negative error number.</returns>
    private protected int ReadProcTable(ProcNetTable table, ulong networkNamespace, SocketSnapshot snapshot, List<Gap> gaps)
    {
        int maxBytes = (int)Math.Min(ProcNetTable.LongestLine * (Options.MaxSockets + 1L), int.MaxValue / 2);
        int length = Files.ReadRoot(table.Path, out ReadOnlySpan<byte> text, maxBytes);
        if (length < 0)
        {
            return length;
        }

        var lines = new ProcNetLines(text, table.Kind, table.IsIPv6, networkNamespace);
        while (lines.MoveNext())
        {
            Add(snapshot, lines.Sample, lines.Tcp, lines.HasTcp);
        }

        if (lines.Unreadable > 0)
        {
            gaps.Add(new Gap("sockets", ReadingStatus.Failed, $"{table.Name}: lines that could not be understood", lines.Unreadable));
        }

        return 0;
    }

    /// <summary>Adds a socket within the bound.</summary>
    private protected void Add(SocketSnapshot snapshot, in SocketSample sample, in TcpSample tcp, bool hasTcp)
    {
        if (snapshot.Count >= Options.MaxSockets)
        {
            LeftOut++;
            return;
        }

        snapshot.Add().Fill(sample, tcp, hasTcp, Reasons);
    }

    protected override void Dispose(bool disposing) => _walk.Dispose();

    private void FindOwners(SocketSnapshot snapshot, long now)
    {
        _generation++;
        _users.Refresh();
        bool isWhole = Options.Owners && _walk.IsWholeDue(now);
        bool isNeeded = false;
        _walk.Begin();
        foreach (SocketRecord record in snapshot.AsSpan())
        {
            ref readonly SocketSample sample = ref record.Sample;
            KnownSocket known = Remember(sample, snapshot.Time);
            record.SetContext(sample.Has(SocketFacts.User) ? _users.Of(sample.User) : new Reading<ProcessUser>(record.UserId.Status, default, record.UserId.Reason), known.FirstSeen);
            if (!Options.Owners || (Options.SelectOwners is { } select && !select(record)))
            {
                record.SetOwners(_notAsked, OwnerEvidence.None);
            }
            else if (!sample.Has(SocketFacts.Inode))
            {
                record.SetOwners(_ofKernel, OwnerEvidence.None);
            }
            else if (isWhole || SocketOwnerWalk.IsDue(known, now))
            {
                isNeeded = true;
                _walk.Want(sample.Inode, known);
            }
        }

        if (isNeeded)
        {
            _walk.Walk(now, isWhole);
        }

        Assign(snapshot);
        Forget(snapshot.Count);
    }

    private void Assign(SocketSnapshot snapshot)
    {
        long nobody = 0;
        Reading<IReadOnlyList<SocketOwner>> why = _walk.WhyNobody();
        foreach (SocketRecord record in snapshot.AsSpan())
        {
            if (record.Owners.Status is ReadingStatus.None || ReferenceEquals(record.Owners.Reason, _notAsked.Reason))
            {
                continue; // told above
            }

            if (_known[SocketIndex.IdentityOf(record.Sample)].Owners is { } owners)
            {
                record.SetOwners(Reading.Ok(owners), OwnerEvidence.Descriptor);
            }
            else
            {
                nobody++;
                record.SetOwners(why, OwnerEvidence.None);
            }
        }

        if (why.Status != ReadingStatus.None)
        {
            AddCounted(ref _nobody, nobody, "owners", why.Status, why.Reason ?? string.Empty);
        }
    }

    private KnownSocket Remember(in SocketSample sample, DateTimeOffset now)
    {
        ulong identity = SocketIndex.IdentityOf(sample);
        if (!_known.TryGetValue(identity, out KnownSocket? known))
        {
            known = new KnownSocket { FirstSeen = now };
            _known.Add(identity, known);
        }

        known.Generation = _generation;
        return known;
    }

    // Not at every reading: only when most of what is remembered is gone.
    private void Forget(int present)
    {
        if (_known.Count <= (2L * present) + 1024)
        {
            return;
        }

        foreach ((ulong identity, KnownSocket known) in _known)
        {
            if (known.Generation != _generation)
            {
                _known.Remove(identity);
            }
        }
    }

    // The same gap as last time is the same object: a reading in which nothing changed allocates nothing.
    private void AddCounted(ref Gap? last, long count, string what, ReadingStatus status, string reason)
    {
        if (count > 0)
        {
            if (last is null || last.Count != count || last.Status != status || last.Reason != reason)
            {
                last = new Gap(what, status, reason, count);
            }

            _gaps.Add(last);
        }
    }

    private IReadOnlyList<Gap> KeepGaps()
    {
        bool isSame = _gaps.Count == _lastGaps.Count;
        for (int at = 0; isSame && at < _gaps.Count; at++)
        {
            isSame = ReferenceEquals(_gaps[at], _lastGaps[at]) || _gaps[at] == _lastGaps[at];
        }

        return isSame ? _lastGaps : _lastGaps = [.. _gaps];
    }
}
